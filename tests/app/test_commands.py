"""What is started by hand or by a container: `python -m app`, `python -m app.healthcheck`, the Procfile."""

import os
import re
import signal
import socket
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.app.servers import Finished, Server, free_port, run, until


def test_a_broken_release_file_is_named(project: Path) -> None:
    (project / "release.json").write_text("{}")
    message = (
        f'{project}/release.json: "release" must be a commit, a version or a tag, not missing. '
        "Build the release again, or delete the file\n"
    )
    assert run("-m", "app", folder=project) == Finished(2, "", message)
    checked = run("-m", "gunicorn", "--check-config", "app:create_app()", folder=project)
    assert (checked.code, checked.stderr.splitlines()[-1]) == (1, f"app.config.ConfigError: {message.rstrip()}")


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        finished = run("-m", "app", settings={"PORT": str(port)})
    assert finished.code == 1
    assert f"\nPort {port} is in use by another program." in finished.stderr


def test_it_serves_on_the_port_and_writes_one_line_for_a_request(serve: Callable[..., Server], project: Path) -> None:
    server = serve("-m", "app", folder=project, settings={"RELEASE": "v1"})
    log = re.sub(r"time=\S+ | ms=\S+", "", server.stdout.read_text())
    assert log == (
        " * Serving Flask app 'app'\n"
        " * Debug mode: off\n"
        "level=info method=GET path=/healthz status=200 bytes=31 request_id=well client=127.0.0.1 agent=test\n"
    )
    assert "GET" not in server.stderr.read_text()


def test_the_procfile_serves_on_port_is_exchanged_by_usr2_and_ends_with_sigterm(
    serve: Callable[..., Server], project: Path
) -> None:
    """A Procfile runner starts it as Heroku's buildpacks do. 143 is what its shell gives after SIGTERM."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    web = serve("-m", "honcho", "start", "web", folder=project, settings={"PATH": path})
    successor = web.pid_file.with_suffix(".pid.2")
    os.kill(int(web.pid_file.read_text()), signal.SIGUSR2)
    until(successor.exists)
    assert web.is_healthy()
    finished = web.stop()
    assert finished.code == 143, finished.stdout
    until(lambda: not web.pid_file.exists() and not successor.exists())  # both have ended in order
    assert not web.is_healthy()


def give(answer: bytes, listener: socket.socket) -> bytes:
    """Give one client this answer; what it sent until it closed its socket."""
    client, _ = listener.accept()
    with client, client.makefile("rb") as sent:
        first = sent.readline()
        client.sendall(answer)
        return first + sent.read()


@pytest.mark.parametrize(
    ("answer", "code", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0, ""),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 1, "not healthy: /healthz answers 503\n"),
        (b"hello\n", 1, "not healthy: hello\n\n"),
    ],
)
def test_the_healthcheck_says_how_the_server_is_and_closes_its_socket(answer: bytes, code: int, said: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        listener.settimeout(30)  # else a check that never asks would be waited for without end
        sent = pool.submit(give, answer, listener)
        settings = {"PORT": str(listener.getsockname()[1])}
        assert run("-m", "app.healthcheck", settings=settings) == Finished(code, "", said)
        assert sent.result().startswith(b"GET /healthz HTTP/1.1\r\n")


def test_the_healthcheck_fails_without_a_server() -> None:
    done = run("-m", "app.healthcheck", settings={"PORT": str(free_port())})
    assert (done.code, done.stdout) == (1, "") and re.fullmatch("not healthy: .*refused\n", done.stderr)


@pytest.mark.parametrize(("module", "said"), [("app", ""), ("app.healthcheck", "not healthy: ")])
def test_a_wrong_port_ends_each_with_one_line(module: str, said: str) -> None:
    """test_config.py has all that can be wrong."""
    message = f"{said}PORT must be a whole number from 1 to 65535, not 'abc'\n"
    assert run("-m", module, settings={"PORT": "abc"}) == Finished(1 if said else 2, "", message)
