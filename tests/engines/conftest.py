"""What takes long to start, once for all tests."""

from collections.abc import Iterator

import pytest

from tests.engines.jenkinsfile import Reader, reader


@pytest.fixture(scope="session")
def groovy() -> Iterator[Reader]:
    """Groovy's parser."""
    with reader() as running:
        yield running
