"""What takes long to start, once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.engines import browser as chromium
from tests.engines.jenkinsfile import Reader, reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def groovy() -> Iterator[Reader]:
    """Groovy's parser."""
    with reader() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Not for the whole session: while it runs, so does an event loop of its own."""
    with chromium.running() as browser:
        yield browser
