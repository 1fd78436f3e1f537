"""The Procfile, run as Heroku's buildpacks and laptops run it: by a Procfile runner, with PORT."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.servers import DEADLINE, ROOT, Server, environment
from tests.ports import free_port
from tests.processes import is_alive, until


@pytest.fixture
def web(project: Path, tmp_path: Path) -> Iterator[Server]:
    """`honcho start web`, with gunicorn's process id in `tmp_path / "pid"`."""
    shutil.copy(ROOT / "Procfile", project)
    port = free_port()
    settings = {"PORT": str(port), "WEB_CONCURRENCY": "1", "GUNICORN_CMD_ARGS": f"--pid {tmp_path / 'pid'}"}
    settings["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    out, err = tmp_path / "out", tmp_path / "err"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "honcho", "start", "web"],
            cwd=project,
            env=environment(settings),
            stdout=stdout,
            stderr=stderr,
        )
    server = Server(process, port, out, err)
    try:
        until(lambda: process.poll() is not None or answers(server))
        yield server
    finally:
        process.terminate()
        process.wait(DEADLINE)


def answers(server: Server) -> bool:
    """Whether the app is healthy."""
    try:
        return server.get("/healthz").status == 200
    except OSError:
        return False


def test_it_answers_on_port_is_exchanged_by_usr2_and_ends_whole_with_sigterm(web: Server, tmp_path: Path) -> None:
    """143 is what a shell gives for a process that SIGTERM ended."""
    first = int((tmp_path / "pid").read_text())
    os.kill(first, signal.SIGUSR2)
    until((tmp_path / "pid.2").exists)
    second = int((tmp_path / "pid.2").read_text())
    assert answers(web) and is_alive(first) and is_alive(second)
    finished = web.stop()
    assert finished.code == 143, finished.stdout
    until(lambda: not is_alive(first) and not is_alive(second))
