"""Scratch repositories whose benchmarks are compared."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ci.bench.repository import Repository

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@localhost",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@localhost",
}


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the settings of this machine, and nothing of an engine around these tests."""
    for name in [name for name in os.environ if name.startswith(("GIT", "CI", "CHANGE_", "GO_", "TEAMCITY_"))]:
        monkeypatch.delenv(name)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository to copy, which is quicker than to make one."""
    root = tmp_path_factory.mktemp("template")
    (root / ".gitignore").write_text("/var/\n/reports/\n__pycache__/\n")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for command in ("init --quiet --initial-branch=main --template=", "add --all", "commit --quiet --message first"):
        subprocess.run(["git", *command.split()], cwd=root, check=True, env={**inherited, **GIT})
    return root


@pytest.fixture
def repository(tmp_path: Path, template: Path) -> Repository:
    """A repository with one commit on main."""
    return Repository(shutil.copytree(template, tmp_path / "a repository"))
