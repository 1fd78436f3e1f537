"""`python -m app`: the development server on $PORT."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.servers import Finished, Server, run
from tests.ports import free_port
from tests.processes import until


@pytest.mark.parametrize("port", ["abc", ""])
def test_a_wrong_port_ends_it_with_one_line(port: str) -> None:
    """test_config.py has all that can be wrong."""
    message = f"PORT must be a whole number from 1 to 65535, not '{port}'\n"
    assert run("-m", "app", settings={"PORT": port}) == Finished(2, "", message)


def test_a_broken_release_file_ends_it_with_one_line(project: Path) -> None:
    (project / "release.json").write_text("{}")
    message = (
        f'{project}/release.json: "release" must be a commit, a version or a tag, not missing. '
        "Build the release again, or delete the file\n"
    )
    assert run("-m", "app", folder=project) == Finished(2, "", message)


def test_a_port_that_is_taken_is_named(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    finished = run("-m", "app", settings={"PORT": str(port)})
    assert finished.code == 1
    assert f"\nPort {port} is in use by another program." in finished.stderr


def test_it_serves_on_the_port_and_writes_one_line_for_a_request(
    start: Callable[..., Server], project: Path
) -> None:
    port = free_port()
    settings = {"PORT": str(port), "RELEASE": "v1"}
    server = start("-m", "app", port=port, folder=project, settings=settings)

    def answers() -> bool:
        try:
            return server.get("/healthz", User_Agent="test").status == 200
        except (ConnectionError, http.client.HTTPException):
            return False

    until(answers)
    log = re.sub(r"time=\S+ | ms=\S+| request_id=\S+", "", server.stdout.read_text())
    assert log == (
        " * Serving Flask app 'app'\n"
        " * Debug mode: off\n"
        "level=info method=GET path=/healthz status=200 bytes=31 client=127.0.0.1 agent=test\n"
    )
    assert "GET" not in server.stderr.read_text()
