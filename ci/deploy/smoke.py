"""Ask a running release how it is, as its contract says.

The path of its health (`GET /healthz`) has to answer 200, and where the answer names a release, as in
`{"status": "ok", "release": "<name>"}`, the right one. Its page (`GET /`), which people see, has to answer 200 or a
redirect: a release whose page can't be shown is none.

Every question goes over a new connection, which is closed afterwards: an old connection stays with the old
server, and a held one makes gunicorn wait for it.
"""

import http.client
import json
import socket
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from ci.deploy.contract import Contract
from ci.errors import CiError

#: Whether the process at the other end of a connection is the one that is meant.
IsMeant = Callable[[socket.socket], bool]

_LARGEST_ANSWER = 64 * 1024  # bytes
_PAUSE = 0.03  # seconds between two questions


class Stream(Protocol):
    """The content of an answer, as http.client and urllib3 give it."""

    def read1(self, amount: int, /) -> bytes:
        """What has come, at most ``amount`` bytes; none at the end."""
        ...


class Unhealthy(CiError):
    """A release does not answer, or not as the one that was expected."""


@dataclass(frozen=True)
class Expected:
    """What has to answer at ``address``, as ``http://127.0.0.1:8000``: ``release``, in the way of its ``contract``.

    ``is_meant`` tells processes apart as long as another release answers there too, for answers without a name.
    """

    address: str
    release: str
    contract: Contract
    is_meant: IsMeant | None = None


def check_health(expected: Expected, *, timeout: float = 5.0) -> None:
    """Raise Unhealthy unless the release is well. ``timeout`` in seconds."""
    where = expected.address + expected.contract.health
    answer = _ask(where, timeout, expected.is_meant)
    if answer.status.split()[0] != "200":
        raise Unhealthy(f"{where} answers {answer.status}{_advice(answer.status)}")
    found = _release_named(answer.content)
    if found is None and not answer.is_meant:
        raise Unhealthy(f"{where} names no release, and the processes of the new one have not answered")
    if found not in (None, expected.release):
        raise Unhealthy(f"{where} names release {found}, not {expected.release}")


def _advice(status: str) -> str:
    if status.startswith("400"):
        return ": does the app allow the host 127.0.0.1?"
    return ": it must not lead elsewhere, also not to https" if status.startswith("3") else ""


def _release_named(content: bytes) -> str | None:
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError):
        return None
    name = fields.get("release") if isinstance(fields, dict) else None
    return None if name is None else str(name)


def look_at_page(expected: Expected, *, timeout: float = 5.0) -> None:
    """Raise Unhealthy unless the page, if there is one, is shown or leads elsewhere. ``timeout`` in seconds."""
    if not expected.contract.page:
        return
    where = expected.address + expected.contract.page
    status = _ask(where, timeout).status
    if not status.startswith(("2", "3")):
        raise Unhealthy(f"{where} answers {status}")


@dataclass(frozen=True)
class _Answer:
    """Status (as ``200 OK``), the beginning of the content, and whether the process was the one that is meant."""

    status: str
    content: bytes
    is_meant: bool


def _ask(where: str, timeout: float, is_meant: IsMeant | None = None) -> _Answer:
    parts = urlsplit(where)
    path = where.removeprefix(f"{parts.scheme}://{parts.netloc}")
    try:
        with closing(http.client.HTTPConnection(parts.netloc, timeout=timeout)) as connection:
            connection.connect()
            meant = is_meant is None or is_meant(connection.sock)  # later the server might have closed its end
            connection.request("GET", path, headers={"Connection": "close", "User-Agent": "ci"})
            response = connection.getresponse()
            content = beginning(response, timeout=timeout)
            return _Answer(f"{response.status} {response.reason}", content, meant)
    except (OSError, http.client.HTTPException) as error:
        raise Unhealthy(f"{where} does not answer: {error or type(error).__name__}") from None


def beginning(stream: Stream, *, timeout: float) -> bytes:
    """The content of an answer, or its beginning if it is very long.

    Raises TimeoutError after ``timeout`` seconds: one that comes drop by drop would hold a deployment for ever.
    """
    content, deadline = b"", time.monotonic() + timeout
    while len(content) < _LARGEST_ANSWER and (more := stream.read1(_LARGEST_ANSWER)):
        content += more
        if time.monotonic() > deadline:
            raise TimeoutError(f"the answer was not complete after {timeout:g} s")
    return content


def wait_for(expected: Expected, *, timeout: float, is_alive: Callable[[], bool]) -> float:
    """Wait until the release is well and shows its page; return after how many seconds it did.

    Raises Unhealthy after ``timeout`` seconds, or as soon as ``is_alive`` says that nobody is left who could
    answer.
    """
    started = time.monotonic()
    while True:
        left = started + timeout - time.monotonic()
        try:
            confirm(expected, times=1, timeout=max(0.1, left))
        except Unhealthy as error:
            if not is_alive():
                raise Unhealthy("the server ended by itself") from None
            if time.monotonic() - started > timeout:
                raise Unhealthy(f"release {expected.release} did not answer within {timeout:g} s: {error}") from None
            time.sleep(_PAUSE)
        else:
            return time.monotonic() - started


def confirm(expected: Expected, *, times: int = 10, timeout: float = 5.0) -> None:
    """Ask ``times`` times in a row, then for the page; raises Unhealthy unless every answer is right.

    ``timeout`` in seconds is for each answer.
    """
    for _ in range(times):
        check_health(expected, timeout=timeout)
    look_at_page(expected, timeout=timeout)
