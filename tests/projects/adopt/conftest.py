"""Adoption looks at git repositories."""

from pathlib import Path

import pytest

from tests.repository import isolate


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of this machine's git says anything."""
    isolate(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's project goes; it is called after the folder unless its files say something else."""
    return tmp_path / "project"
