"""The app, and servers that end with their test."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.release import Release
from tests.app.servers import DEADLINE, NO_SETTINGS, ROOT, Server, Settings, copy_project, environment, free_port, until


@pytest.fixture
def app() -> Flask:
    """The app as a working copy runs it, with a page that breaks."""
    app = create_app(Config(), Release())

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the password is\ntime=now level=info path=/forged")

    return app


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Start `python ARGUMENTS` in a folder as a server on $PORT, and wait until it answers."""
    servers: list[Server] = []

    def start(*arguments: str, folder: Path = ROOT, settings: Settings = NO_SETTINGS) -> Server:
        port, files = free_port(), tmp_path / f"server-{len(servers)}"
        stdout, stderr, pid = (files.with_suffix(suffix) for suffix in (".out", ".err", ".pid"))
        here = {"PORT": str(port), "GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port} --pid {pid}"}  # not on every network
        command, env = [sys.executable, *arguments], environment({**here, **settings})
        with stdout.open("wb") as out, stderr.open("wb") as err:
            process = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=err)
        servers.append(server := Server(process, port, stdout, stderr, pid))
        until(lambda: server.is_healthy() or process.poll() is not None)
        return server

    yield start
    for server in servers:
        server.process.terminate()
    for server in servers:
        try:
            server.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            server.process.kill()
            server.process.wait()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the app and its server settings, for a test to change."""
    return copy_project(tmp_path / "project")
