"""The real server with the project's `gunicorn.conf.py`."""

import ast
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.app.servers import Finished, Server, copy_project, run, until

APP = "app:create_app()"
LOCAL_PROXIES = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize("check", [[], ["--check-config"]])
@pytest.mark.parametrize(("name", "value", "highest"), [("PORT", "99999", 65535), ("WEB_CONCURRENCY", "0", 256)])
def test_a_wrong_setting_ends_it_with_one_line(check: list[str], name: str, value: str, highest: int) -> None:
    """test_config.py has all that can be wrong. gunicorn's own check before a start does not look at PORT."""
    message = f"{name} must be a whole number from 1 to {highest}, not '{value}'\n"
    assert run("-m", "gunicorn", *check, APP, settings={name: value}) == Finished(2, "", message)


@pytest.mark.parametrize(
    ("settings", "port", "workers", "keepalive", "proxies"),
    [
        pytest.param({}, 8000, 2, 5, LOCAL_PROXIES, id="defaults"),
        pytest.param({"PORT": "5000", "WEB_CONCURRENCY": "3"}, 5000, 3, 5, LOCAL_PROXIES, id="set"),
        pytest.param({"DYNO": "web.1", "PORT": "5000"}, 5000, 2, 95, ["*"], id="heroku"),
        pytest.param({"FORWARDED_ALLOW_IPS": "10.0.0.1"}, 8000, 2, 5, ["10.0.0.1"], id="proxy"),
    ],
)
def test_the_environment_decides_where_and_how_it_serves(
    settings: dict[str, str], port: int, workers: int, keepalive: int, proxies: list[str]
) -> None:
    """Read from what gunicorn says it would run with, because it would listen on every network."""
    finished = run("-m", "gunicorn", "--print-config", APP, settings=settings)
    printed = dict(re.findall(r"^(\w+) += (.*)$", finished.stdout, re.MULTILINE))
    host = "[::]" if socket.has_dualstack_ipv6() else "0.0.0.0"
    assert ast.literal_eval(printed["bind"]) == [f"{host}:{port}"]
    assert (int(printed["workers"]), int(printed["keepalive"])) == (workers, keepalive)
    assert ast.literal_eval(printed["forwarded_allow_ips"]) == proxies


def test_every_request_writes_exactly_one_line(serve: Callable[..., Server]) -> None:
    server = serve("-m", "gunicorn", APP)
    server.get("/?token=secret", X_Request_Id="first", User_Agent="test")
    made = server.get("/%0Atime=now", X_Request_Id="not sane", User_Agent="test").headers["X-Request-Id"]
    stopped = server.stop()
    masked = re.sub(r"^time=\S+ | ms=\S+| bytes=\d+", "", stopped.stdout, flags=re.MULTILINE)
    assert masked.splitlines() == [
        "level=info method=GET path=/healthz status=200 request_id=well client=127.0.0.1 agent=test",
        "level=info method=GET path=/ status=200 request_id=first client=127.0.0.1 agent=test",
        rf'level=info method=GET path="/\ntime=now" status=404 request_id={made} client=127.0.0.1 agent=test',
    ]
    assert "GET" not in stopped.stderr


WAITING_APP = """
from pathlib import Path
from time import sleep
from app import create_app

app = create_app()

@app.get("/wait")
def wait():
    Path("started").touch()
    while not Path("go").exists():
        sleep(0.01)
    return "finished"
"""


def test_sigterm_lets_a_request_finish(serve: Callable[..., Server], project: Path) -> None:
    (project / "waiting.py").write_text(WAITING_APP)
    server = serve("-m", "gunicorn", "waiting:app", folder=project)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.get, "/wait")
        until((project / "started").exists)
        server.process.send_signal(signal.SIGTERM)
        until(lambda: "Handling signal: term" in server.stderr.read_text())
        (project / "go").touch()
        assert answer.result().body == "finished"
    assert server.wait().code == 0


def test_hup_loads_the_release_that_the_link_names(serve: Callable[..., Server], tmp_path: Path) -> None:
    """It would not if `gunicorn.conf.py` imported the package: the old one would stay in the main process."""
    for name in ("one", "two"):
        (copy_project(tmp_path / name) / "release.json").write_text(f'{{"release": "{name}"}}')
    current = tmp_path / "current"
    current.symlink_to("one")
    server = serve("-m", "gunicorn", "--chdir", str(current), "-c", f"{current}/gunicorn.conf.py", APP)
    (tmp_path / "next").symlink_to("two")
    os.replace(tmp_path / "next", current)
    assert '"release":"one"' in server.get("/healthz").body
    server.process.send_signal(signal.SIGHUP)
    until(lambda: '"release":"two"' in server.get("/healthz").body)
    assert server.stop().code == 0


def held_requests(server: Server) -> Iterator[float]:
    """Send six requests, one after the other, and leave every connection open; seconds until each answer."""
    with ExitStack() as connections:
        for _ in range(6):
            started = time.monotonic()
            client = connections.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert client.recv(999).startswith(b"HTTP/1.1 200 OK")
            yield time.monotonic() - started


def test_clients_that_keep_their_finished_connections_do_not_stop_it(serve: Callable[..., Server]) -> None:
    """gunicorn by itself waits 2 s for each of them, and all others wait with it: see `gunicorn.conf.py`."""
    server = serve("-m", "gunicorn", "-k", "gthread", "--threads", "4", "-w", "1", APP)
    assert max(held_requests(server)) < 1.5
