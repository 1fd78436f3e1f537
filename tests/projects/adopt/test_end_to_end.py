"""The samples, adopted, pass their own pipeline here: packages come from the index, Pythons from this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects.adopt.samples import FOLDERS, NAMES, sample
from tests.tool import CI

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_adopted_passes_and_is_left_as_it_was(name: str, tmp_path: Path) -> None:
    project = sample(name, tmp_path / name, locked=True)
    subprocess.run([*CI, "adopt"], cwd=project.root / FOLDERS.get(name, ""), check=True)
    done = subprocess.run([*CI, "run"], cwd=project.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    project.git("clean", "-fdqx", "var", "reports")  # what runs leave
    project.git("checkout", "--quiet", ".")
    project.git("clean", "-fdq")
    assert project.git("status", "--porcelain") == ""
    assert not [path for path in ("ci", "var", "reports") if (project.root / path).exists()]


def test_the_tool_that_a_project_brings_along_runs_a_commit_of_it_from_a_clone(tmp_path: Path) -> None:
    project = sample("flask-one-file", tmp_path / "project")
    subprocess.run([*CI, "adopt"], cwd=project.root, check=True)
    project.commit()
    clone = project.clone(tmp_path / "clone")
    outside = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    python = getattr(sys, "_base_executable", sys.executable)
    command = [python, "-m", "ci", "run", "--clean"]
    done = subprocess.run(command, cwd=clone.root, env=outside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert clone.git("status", "--porcelain") == ""
