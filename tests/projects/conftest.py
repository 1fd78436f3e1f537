"""Git without the settings of this machine, and the tool's wheel, made once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ci.distribution import contents, wheel
from tests.repository import isolate

ROOT = Path(__file__).parents[2]

#: Tests of projects that are adopted, which their own pipelines run.
collect_ignore = ["samples"]


@pytest.fixture(autouse=True)
def own_git(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For the git that the tool starts."""
    isolate(monkeypatch)
    yield


@pytest.fixture(scope="session")
def wheel_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    made = wheel.of(contents.of_source(ROOT))
    path = tmp_path_factory.mktemp("wheel") / made.name
    path.write_bytes(made.content)
    return path
