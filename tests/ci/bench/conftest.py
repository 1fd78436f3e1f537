"""Scratch repositories whose benchmarks are compared."""

from pathlib import Path

import pytest

from tests.repository import Repository, isolate


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the settings of this machine, and nothing of an engine around these tests."""
    isolate(monkeypatch)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository to copy."""
    made = Repository.create(tmp_path_factory.mktemp("template"))
    made.commit({".gitignore": "/var/\n/reports/\n__pycache__/\n"})
    return made


@pytest.fixture
def repository(tmp_path: Path, template: Repository) -> Repository:
    """A repository with one commit on main."""
    return template.copy(tmp_path / "a repository")
