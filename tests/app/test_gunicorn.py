"""The real server with the project's `gunicorn.conf.py`."""

from __future__ import annotations

import ast
import os
import re
import signal
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.app.servers import Finished, Server, copy_project, run
from tests.processes import until

APP = "app:create_app()"
ONE_WORKER = {"WEB_CONCURRENCY": "1"}
LOCAL_PROXIES = ["127.0.0.1", "::1", "::ffff:127.0.0.1"]


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"PORT": "abc"}, "PORT must be a whole number from 1 to 65535, not 'abc'"),
        ({"PORT": ""}, "PORT must be a whole number from 1 to 65535, not ''"),
        ({"WEB_CONCURRENCY": "0"}, "WEB_CONCURRENCY must be a whole number from 1 to 256, not '0'"),
    ],
)
def test_a_wrong_setting_ends_the_server_with_one_line(setting: dict[str, str], message: str) -> None:
    """test_config.py has all that can be wrong."""
    assert run("-m", "gunicorn", APP, settings=setting) == Finished(2, "", message + "\n")


def test_the_check_before_a_deployment_looks_at_the_settings_too() -> None:
    """gunicorn's own check does not look at PORT."""
    finished = run("-m", "gunicorn", "--check-config", APP, settings={"PORT": "99999"})
    assert finished == Finished(2, "", "PORT must be a whole number from 1 to 65535, not '99999'\n")


def test_the_check_before_a_deployment_ends_with_what_is_wrong_with_the_release(project: Path) -> None:
    (project / "release.json").write_text('{"release": "<b>"}')
    finished = run("-m", "gunicorn", "--check-config", APP, folder=project)
    assert finished.code == 1
    assert finished.stderr.splitlines()[-1] == (
        f'app.config.ConfigError: {project}/release.json: "release" must be a commit, a version or a tag, '
        "not '<b>'. Build the release again, or delete the file"
    )


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


def test_every_request_writes_exactly_one_line(gunicorn: Callable[..., Server]) -> None:
    server = gunicorn(APP, settings=ONE_WORKER)
    server.get("/healthz?token=secret", X_Request_Id="first", User_Agent="test")
    made = server.get("/%0Atime=now", X_Request_Id="not sane", User_Agent="test").headers["X-Request-Id"]
    stopped = server.stop()
    masked = re.sub(r"^time=\S+ | ms=\S+| bytes=\d+", "", stopped.stdout, flags=re.MULTILINE)
    assert masked == (
        "level=info method=GET path=/healthz status=200 request_id=first client=127.0.0.1 agent=test\n"
        rf'level=info method=GET path="/\ntime=now" status=404 request_id={made} client=127.0.0.1 agent=test'
        "\n"
    )
    assert "GET" not in stopped.stderr


def test_a_local_proxy_is_believed_on_a_socket_for_both_ip_versions(gunicorn: Callable[..., Server]) -> None:
    """There the peer's name is ::ffff:127.0.0.1, which gunicorn does not believe by itself."""
    if not socket.has_dualstack_ipv6():
        pytest.skip("this computer has no IPv6")
    with closing(socket.socket(socket.AF_INET6)) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::ffff:127.0.0.1", 0))
        listener.listen()
        server = gunicorn(APP, listener=listener, settings=ONE_WORKER)
        assert "Strict-Transport-Security" in server.get("/", X_Forwarded_Proto="https").headers
        assert server.stop().code == 0


WAITING_APP = """
import time
from pathlib import Path
from app import create_app

def create_waiting_app():
    app = create_app()

    @app.get("/wait")
    def wait():
        Path("started").touch()
        while not Path("go").exists():
            time.sleep(0.01)
        return "finished"

    return app
"""


def test_sigterm_lets_a_request_finish(gunicorn: Callable[..., Server], project: Path) -> None:
    (project / "waiting.py").write_text(WAITING_APP)
    server = gunicorn("waiting:create_waiting_app()", folder=project)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(server.get, "/wait")
        until((project / "started").exists)
        server.process.send_signal(signal.SIGTERM)
        until(lambda: "Handling signal: term" in server.stderr.read_text())
        (project / "go").touch()
        assert answer.result().body == "finished"
    assert server.wait().code == 0


def test_hup_loads_the_release_that_the_link_names(
    gunicorn: Callable[..., Server], tmp_path: Path
) -> None:
    """It would not if `gunicorn.conf.py` imported the package: the old one would stay in the main process."""
    for name in ("one", "two"):
        release = copy_project(tmp_path / name)
        (release / "release.json").write_text(f'{{"release": "{name}"}}')
    current = tmp_path / "current"
    current.symlink_to("one")
    server = gunicorn("--chdir", str(current), "-c", f"{current}/gunicorn.conf.py", APP, folder=tmp_path)
    assert '"release":"one"' in server.get("/healthz").body
    (tmp_path / "next").symlink_to("two")
    os.replace(tmp_path / "next", current)
    assert '"release":"one"' in server.get("/healthz").body
    server.process.send_signal(signal.SIGHUP)
    until(lambda: '"release":"two"' in server.get("/healthz").body)
    assert server.stop().code == 0


#: More seconds than that a request has waited for a client: without the project's settings gunicorn waits 2 s.
HELD = 1.5


def held_requests(port: int) -> list[float]:
    """Send six requests, one after the other, and leave every connection open; seconds until each answer."""
    clients, seconds = [], []
    for _ in range(6):
        started = time.monotonic()
        client = socket.create_connection(("127.0.0.1", port), timeout=30)
        clients.append(client)
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert client.recv(999).startswith(b"HTTP/1.1 200 OK")
        seconds.append(time.monotonic() - started)
    for client in clients:
        client.close()
    return seconds


@pytest.mark.slow
def test_clients_that_keep_their_finished_connections_do_not_stop_the_server(
    gunicorn: Callable[..., Server]
) -> None:
    server = gunicorn(APP, settings=ONE_WORKER)
    server.get("/healthz")  # the start is not what is measured
    assert max(held_requests(server.port)) < HELD


@pytest.mark.slow
def test_without_the_project_s_settings_such_clients_stop_it(
    gunicorn: Callable[..., Server], project: Path
) -> None:
    (project / "gunicorn.conf.py").unlink()
    server = gunicorn("-k", "gthread", "--threads", "4", "-w", "1", APP, folder=project)
    server.get("/healthz")
    assert max(held_requests(server.port)) > HELD, (
        "gunicorn does not wait for the client any more: drop the fix in gunicorn.conf.py and this test"
    )
