"""Two servers: one whose time stands still unless somebody sleeps in it, and one on which ten seconds pass in one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import Clock, JenkinsDouble, RealClock


@pytest.fixture
def jenkins() -> Iterator[JenkinsDouble]:
    """A server whose time stands still: for builds that have ended, or never end."""
    with JenkinsDouble(Clock(step=0.0)) as double:
        yield double


@pytest.fixture
def ci(jenkins: JenkinsDouble, tmp_path: Path) -> Shell:
    """``ci jenkins`` for that server."""
    return Shell(jenkins, tmp_path)


@pytest.fixture
def console(jenkins: JenkinsDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Console]:
    """``ci jenkins`` for that server, in this process and in its time."""
    made = Console(jenkins, tmp_path, monkeypatch)
    yield made
    for client in made.clients:
        client.close()


@pytest.fixture
def busy() -> Iterator[JenkinsDouble]:
    """A server on which builds run."""
    with JenkinsDouble(RealClock(speed=10)) as double:
        yield double


@pytest.fixture
def live(busy: JenkinsDouble, tmp_path: Path) -> Shell:
    """``ci jenkins`` for that server."""
    return Shell(busy, tmp_path)
