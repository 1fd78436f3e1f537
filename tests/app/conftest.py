"""Servers that end with their test, on ports that the system chooses."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.servers import DEADLINE, NO_SETTINGS, ROOT, Server, copy_project, environment


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start `python ARGUMENTS` as a server."""
    servers: list[Server] = []

    def start_server(
        *arguments: str,
        port: int,
        folder: Path = ROOT,
        settings: Mapping[str, str] = NO_SETTINGS,
        inherit: tuple[int, ...] = (),
    ) -> Server:
        stdout, stderr = (tmp_path / f"server-{len(servers)}.{name}" for name in ("out", "err"))
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=folder,
                env=environment(settings),
                stdout=out,
                stderr=err,
                pass_fds=inherit,
            )
        servers.append(Server(process, port, stdout, stderr))
        return servers[-1]

    yield start_server
    for server in servers:
        server.process.terminate()
    for server in servers:
        try:
            server.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """An open socket on a free port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as opened:
        yield opened


@pytest.fixture
def gunicorn(start: Callable[..., Server], listener: socket.socket) -> Callable[..., Server]:
    """Start gunicorn on a socket that is open already, so that the first request waits for a worker."""

    def start_gunicorn(
        *arguments: str,
        folder: Path = ROOT,
        settings: Mapping[str, str] = NO_SETTINGS,
        listener: socket.socket = listener,
    ) -> Server:
        return start(
            *("-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", *arguments),
            port=listener.getsockname()[1],
            folder=folder,
            settings=settings,
            inherit=(listener.fileno(),),
        )

    return start_gunicorn


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the app and its server settings, for a test to change."""
    return copy_project(tmp_path / "project")
