"""Where the projects of tests are."""

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test's project goes; it is called after the folder unless its files say something else."""
    return tmp_path / "project"
