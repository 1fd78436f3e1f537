"""Scratch projects, and runs as processes of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ci.runner.project import TOP, Project

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


GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@localhost",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@localhost",
}


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the settings of this machine, and nothing of a run around these tests."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "CI"))]:
        monkeypatch.delenv(name)
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository to copy, which is quicker than to make one."""
    root = tmp_path_factory.mktemp("template")
    (root / "README").write_text("read me\n")
    (root / ".gitignore").write_text("/var/\n/reports/\n*.ignored\n")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    for command in ("init --quiet --initial-branch=main --template=", "add --all", "commit --quiet --message first"):
        subprocess.run(["git", *command.split()], cwd=root, check=True, env={**inherited, **GIT})
    return root


@pytest.fixture
def project(tmp_path: Path, template: Path) -> Project:
    """A repository with one commit on main."""
    return Project(shutil.copytree(template, tmp_path / "a project"))


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
