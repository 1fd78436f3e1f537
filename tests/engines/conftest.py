"""What takes long to start, once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.engines import browser as chromium
from tests.engines.jenkinsfile import Reader, reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


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


@pytest.fixture
def new_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a window of its own, which is closed after the test; options as for Playwright's `new_page`."""
    pages: list[Page] = []

    def opened(**options: Any) -> Page:
        pages.append(browser.new_page(**options))
        return pages[-1]

    yield opened
    for page in pages:
        page.close()
