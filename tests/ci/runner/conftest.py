"""Scratch projects, and runs as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ci.runner.project import TOP, Project
from tests.repository import isolate

DRIVER = """
import sys
from pathlib import Path
from ci import model, plan, runner
from ci.report import terminal
import msgspec, tomllib
pipeline = msgspec.convert(tomllib.loads(Path(sys.argv[1]).read_text()), model.Pipeline)
result = runner.run(plan.compile(pipeline), Path.cwd(), display=terminal.display(sys.stdout))
sys.exit(result.exit_code)
"""


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the settings of this machine, and nothing of a run around these tests."""
    isolate(monkeypatch)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A repository to copy."""
    made = Project.create(tmp_path_factory.mktemp("template"))
    made.commit({"README": "read me\n", ".gitignore": "/var/\n/reports/\n*.ignored\n"})
    return made


@pytest.fixture
def project(tmp_path: Path, template: Project) -> Project:
    """A repository with one commit on main."""
    return template.copy(tmp_path / "a project")


@pytest.fixture
def start(project: Project, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start a run as a process of its own, which can be interrupted and killed."""
    started: list[subprocess.Popen[str]] = []

    def start_run(pipeline: str) -> subprocess.Popen[str]:
        file = tmp_path / "pipeline.toml"
        file.write_text(TOP + pipeline)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        process = subprocess.Popen(
            [sys.executable, "-c", DRIVER, str(file)], cwd=project.root, env=environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )
        started.append(process)
        return process

    yield start_run
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
