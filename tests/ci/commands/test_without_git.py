"""Commands that work on a commit say alike what is missing; those that read the definition alone do their work."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.files import write
from tests.repository import Repository, isolate
from tests.tool import CI

DEFINITION = """\
version = 1
name = "shop"

[bench]
paths = ["bench.py"]

[[stage]]
name = "test"
run = ["true"]
"""

ON_A_COMMIT = ["run", "build app.py", "bench"]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that is in no repository."""
    isolate(monkeypatch)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    write(tmp_path / "shop", {
        "ci/pipeline.toml": DEFINITION, "app.py": "", "bench.py": "", "pyproject.toml": '[project]\nname = "shop"\n',
    })
    return tmp_path / "shop"


def said(root: Path, command: str, environ: Mapping[str, str] | None = None) -> tuple[int, str]:
    """The exit code of a command, and what it writes to standard error."""
    done = subprocess.run([*CI, *command.split()], cwd=root, env=environ, capture_output=True, text=True)
    return done.returncode, done.stderr


@pytest.mark.parametrize("command", ON_A_COMMIT)
def test_outside_of_a_repository(root: Path, command: str) -> None:
    assert said(root, command) == (2, (
        f"ci: {root} is no git repository that can be read. What is checked, measured and released is a commit: "
        "`git init`, `git add .` and `git commit` make one.\n"
        "  git: fatal: not a git repository (or any of the parent directories): .git\n"
    ))


@pytest.mark.parametrize("command", ON_A_COMMIT)
def test_before_the_first_commit(root: Path, command: str) -> None:
    Repository.create(root)
    assert said(root, command) == (
        2, f"ci: {root} has no commit yet: make one with `git add .` and `git commit`, then run again\n"
    )


@pytest.mark.parametrize("command", ON_A_COMMIT)
def test_without_git(root: Path, command: str) -> None:
    Repository.create(root).commit()
    assert said(root, command, {"PATH": "/nonexistent"}) == (
        2, "ci: git is not installed, or not on PATH: install it, then run the same command again\n"
    )


@pytest.mark.parametrize("command", ["generate", "explain", "check", "run --list", "deploy --dry-run", "releases"])
def test_what_needs_no_commit_needs_no_git(root: Path, command: str) -> None:
    advice = "ci: there is no archive in dist/; make one with: ci build PATH...\n"
    expected = (2, advice) if command.startswith("deploy") else (0, "")
    assert said(root, command, {"PATH": "/nonexistent"}) == expected
