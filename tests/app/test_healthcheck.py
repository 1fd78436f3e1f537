"""`python -m app.healthcheck`: the exit code that a container's HEALTHCHECK looks at."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias

import pytest

from app import healthcheck
from tests.ports import free_port

Answering: TypeAlias = Callable[[bytes], Future[bytes]]


@pytest.fixture
def answering(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> Iterator[Answering]:
    """Give one client on $PORT this answer; the result is what the client sent until it closed its socket."""
    monkeypatch.setenv("PORT", str(listener.getsockname()[1]))

    def serve(answer: bytes) -> bytes:
        client, _ = listener.accept()
        with client:
            client.settimeout(10)
            received = client.recv(9999)
            client.sendall(answer)
            while chunk := client.recv(9999):
                received += chunk
        return received

    with ThreadPoolExecutor(1) as pool:
        yield lambda answer: pool.submit(serve, answer)


def test_a_healthy_server_gives_0_and_its_socket_is_closed(
    answering: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert healthcheck.main() == 0
    assert sent.result().startswith(b"GET /healthz HTTP/1.1\r\n")
    assert capsys.readouterr() == ("", "")


def test_any_other_status_gives_1(answering: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    sent = answering(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
    assert healthcheck.main() == 1
    assert sent.result()
    assert capsys.readouterr() == ("", "not healthy: /healthz answers 503\n")


def test_what_is_not_http_gives_1(answering: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    sent = answering(b"hello\r\n")
    assert healthcheck.main() == 1
    assert sent.result()
    assert capsys.readouterr() == ("", "not healthy: hello\r\n\n")


def test_no_server_gives_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORT", str(free_port()))
    assert healthcheck.main() == 1
    assert capsys.readouterr().err.startswith("not healthy: ")


def test_a_wrong_port_gives_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PORT", "abc")
    assert healthcheck.main() == 1
    assert capsys.readouterr().err == "not healthy: PORT must be a whole number from 1 to 65535, not 'abc'\n"
