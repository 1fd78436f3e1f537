"""Scratch git repositories, in which neither this machine's settings nor an engine's say anything."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.files import write

if TYPE_CHECKING:  # processes that tests start a hundred times import this too
    import pytest

#: What git is told in place of the settings of this machine.
GIT: Mapping[str, str] = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@localhost",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@localhost",
}


def isolate(monkeypatch: "pytest.MonkeyPatch") -> None:
    """For the git that the code under test starts: ``GIT``, and nothing of an engine or of a run around the test."""
    for name in [name for name in os.environ if name.startswith(("GIT", "CI", "CHANGE_", "GO_", "TEAMCITY_"))]:
        monkeypatch.delenv(name)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)


class Repository:
    """A git repository at ``root``; ``variables`` are those of its own git."""

    variables = GIT

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def create(cls, root: Path, *options: str) -> Self:
        """Make ``root``, whether it is there already or not, a repository whose branch is main."""
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        made.git("init", "--quiet", "--initial-branch=main", "--template=", *options)
        return made

    def copy(self, folder: Path) -> Self:
        """A copy of it with all its files, which is quicker than to make another."""
        return type(self)(shutil.copytree(self.root, folder))

    def clone(self, folder: Path, *options: str) -> Self:
        """A clone of it, through git's own protocol, so that it can be shallow."""
        self.git("clone", "--quiet", *options, self.root.as_uri(), str(folder))
        return type(self)(folder)

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *arguments], cwd=self.root, env={**inherited, **self.variables}, check=True,
            capture_output=True, text=True,
        )
        return done.stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        """Write files by path."""
        write(self.root, files)

    def commit(self, files: Mapping[str, str] = {}, *, message: str = "change") -> str:
        """Commit everything, ``files`` included; the commit's id."""
        self.write(files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head

    @property
    def head(self) -> str:
        """The id of HEAD's commit."""
        return self.git("rev-parse", "HEAD")
