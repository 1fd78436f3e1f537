"""How a running release is asked."""

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from ci.deploy import smoke
from ci.deploy.contract import Contract
from ci.deploy.smoke import Expected, IsMeant, Unhealthy

Serve = Callable[..., str]


def expected(address: str, release: str = "1", *, is_meant: IsMeant | None = None, **terms: str) -> Expected:
    """A release at an address, and the paths that ``terms`` set."""
    return Expected(address, release, Contract(**terms), is_meant)  # type: ignore[arg-type]  # no term but texts


def answer(body: bytes, status: str = "200 OK") -> bytes:
    """A whole answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that gives each connection the next of some answers, then waits for its end."""
    listeners: list[socket.socket] = []

    def serve(*answers: bytes) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def run() -> None:
            for one in answers:
                client, _ = listener.accept()
                with client:
                    client.recv(65536)
                    client.sendall(one)
                    assert one == b"" or client.recv(1) == b""  # the asking side closes

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for listener in listeners:
        listener.close()


@pytest.mark.parametrize(
    "body", [b'{"release": "1", "status": "ok"}', b"OK", b"", b"[1]", b'{"release": null}', b"[" * 9999]
)
def test_a_healthy_release_names_itself_or_none(serve: Serve, body: bytes) -> None:
    smoke.check_health(expected(serve(answer(body))))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (answer(b"", "503 Service Unavailable"), "answers 503 Service Unavailable$"),
        (answer(b"", "302 Found"), "answers 302 Found: it must not lead elsewhere, also not to https"),
        (answer(b"", "400 Bad Request"), r"answers 400 Bad Request: does the app allow the host 127.0.0.1\?"),
        (answer(b'{"release": "2"}'), "names release 2, not 1"),
        (b"", "does not answer"),
        (b"SSH-2.0\r\n", "does not answer"),
    ],
)
def test_every_other_answer_is_no_release(serve: Serve, given: bytes, reason: str) -> None:
    with pytest.raises(Unhealthy, match=f"http://127.0.0.1:.*/healthz {reason}"):
        smoke.check_health(expected(serve(given)))


def test_while_two_releases_answer_one_without_a_name_is_known_by_its_process(serve: Serve) -> None:
    smoke.check_health(expected(serve(answer(b"OK")), is_meant=lambda client: True))
    smoke.check_health(expected(serve(answer(b'{"release": "1"}')), is_meant=lambda client: False))
    with pytest.raises(Unhealthy, match="/healthz names no release, and the processes of the new one have not"):
        smoke.check_health(expected(serve(answer(b"OK")), is_meant=lambda client: False))


def test_an_answer_that_never_ends_is_not_awaited() -> None:
    """A page may be large, or send events for as long as somebody reads them."""

    class Drops:
        def read1(self, amount: int, /) -> bytes:
            time.sleep(0.01)
            return b"."

    with pytest.raises(TimeoutError, match="the answer was not complete after 0.05 s"):
        smoke.beginning(Drops(), timeout=0.05)
    assert len(smoke.beginning(io.BytesIO(bytes(1_000_000)), timeout=5)) < 200_000


def test_nobody_answers() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(Unhealthy, match="does not answer: timed out"):
            smoke.check_health(expected(address), timeout=0.1)
    with pytest.raises(Unhealthy, match="does not answer: .*refused"):
        smoke.check_health(expected(address))


def test_waiting_goes_on_until_the_release_answers(serve: Serve) -> None:
    new, page = answer(b'{"release": "new"}'), answer(b"Welcome")
    answers = [b"", answer(b"", "500 No"), answer(b'{"release": "old"}'), new, answer(b"", "500 No"), new, page]
    smoke.wait_for(expected(serve(*answers), "new"), timeout=20, is_alive=lambda: True)


def test_waiting_ends_with_the_server() -> None:
    with pytest.raises(Unhealthy, match="the server ended by itself"):
        smoke.wait_for(expected("http://127.0.0.1:9", "new"), timeout=20, is_alive=lambda: False)


def test_waiting_ends_after_a_time() -> None:
    with pytest.raises(Unhealthy, match="release new did not answer within 0.1 s: .* does not answer"):
        smoke.wait_for(expected("http://127.0.0.1:9", "new"), timeout=0.1, is_alive=lambda: True)


def test_every_one_of_the_answers_must_name_the_release(serve: Serve) -> None:
    new, old = answer(b'{"release": "new"}'), answer(b'{"release": "old"}')
    smoke.confirm(expected(serve(*[new] * 10, answer(b"Welcome")), "new"))
    with pytest.raises(Unhealthy, match="names release old, not new"):
        smoke.confirm(expected(serve(*[new] * 9, old), "new"))


@pytest.mark.parametrize("status", ["200 OK", "204 No Content", "302 Found"])
def test_a_page_is_shown_or_leads_elsewhere(serve: Serve, status: str) -> None:
    smoke.look_at_page(expected(serve(answer(b"", status))))


@pytest.mark.parametrize("status", ["404 Not Found", "500 Internal Server Error"])
def test_a_page_that_is_an_error_is_none(serve: Serve, status: str) -> None:
    with pytest.raises(Unhealthy, match=f"http://127.0.0.1:.*/ answers {status}"):
        smoke.look_at_page(expected(serve(answer(b"", status))))


def test_an_app_may_have_other_paths_and_no_page() -> None:
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def serve_twice() -> None:
            for _ in range(2):
                client, _ = listener.accept()
                with client:
                    asked.append(client.recv(65536).decode().splitlines()[0])
                    client.sendall(answer(b""))

        serving = threading.Thread(target=serve_twice)
        serving.start()
        smoke.confirm(expected(address, health="/up?deep=1", page="/about"), times=1)
        serving.join()
    smoke.look_at_page(expected(address, page=""))
    assert asked == ["GET /up?deep=1 HTTP/1.1", "GET /about HTTP/1.1"]
