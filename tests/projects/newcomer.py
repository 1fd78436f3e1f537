"""Somebody new to a project: a clone of it, a home of their own with nothing in it, and the README's commands."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.repository import GIT, Repository

BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))

#: What `ci run` says of the release that it started.
ADDRESS = re.compile(r"^release \S+ runs at (http://127\.0\.0\.1:\d+)$", re.MULTILINE)


class Newcomer:
    """Runs ``python3 -m ci`` in the folder ``root`` with an empty home at ``home``.

    Only the package installer's cache is that of this machine, as if somebody had used it before.
    """

    def __init__(self, root: Path, home: Path, **variables: str) -> None:
        home.mkdir(exist_ok=True)
        others = ("CI", "GIT", "VIRTUAL_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        cache = os.environ.get("UV_CACHE_DIR") or str(Path("~/.cache/uv").expanduser())
        self.root = root
        self.variables = {**inherited, **GIT, "HOME": str(home), "UV_CACHE_DIR": cache, **variables}

    @classmethod
    def clones(cls, project: Repository, folder: Path, **variables: str) -> "Newcomer":
        """Somebody who clones ``project`` into ``folder``."""
        project.clone(folder / "clone")
        return cls(folder / "clone", folder / "home", **variables)

    def ci(self, *arguments: str, python: str | Path = BASE_PYTHON) -> "subprocess.CompletedProcess[str]":
        """Run ``python3 -m ci ARGUMENTS`` to its end."""
        return self.run(python, "-m", "ci", *arguments)

    def run(self, *command: str | Path) -> "subprocess.CompletedProcess[str]":
        """Run a program in the project to its end."""
        return subprocess.run(
            command, cwd=self.root, env=self.variables, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=600,
        )

    def passes(self, *arguments: str) -> str:
        """What ``python3 -m ci ARGUMENTS`` writes; the test fails with all of it if the exit code is not 0."""
        done = self.ci(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout
