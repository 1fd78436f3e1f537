"""Ask a running release how it is.

`GET /healthz` has to answer `{"status": "ok", "release": "<name>"}`, and `GET /`, which people see, with 200 or a
redirect: a release whose page can't be shown is none.

Every question goes over a new connection, which is closed afterwards: an old connection stays with the old
server, and a held one makes gunicorn wait for it.
"""

import http.client
import json
import time
from collections.abc import Callable
from contextlib import closing
from typing import Protocol
from urllib.parse import urlsplit

from ci.errors import CiError

_LARGEST_ANSWER = 64 * 1024  # bytes
_PAUSE = 0.03  # seconds between two questions


class Stream(Protocol):
    """The content of an answer, as http.client and urllib3 give it."""

    def read1(self, amount: int, /) -> bytes:
        """What has come, at most ``amount`` bytes; none at the end."""
        ...


class Unhealthy(CiError):
    """A release does not answer, or not as the one that was expected."""


def release_at(address: str, *, timeout: float = 5.0) -> str:
    """The name of the release at ``address``, as ``http://127.0.0.1:8000``. Raises Unhealthy.

    ``timeout`` in seconds.
    """
    status, content = _answer(address, "/healthz", timeout)
    if status.split()[0] != "200":
        raise Unhealthy(f"{address}/healthz answers {status}")
    try:
        return str(json.loads(content)["release"])
    except (ValueError, TypeError, KeyError):
        raise Unhealthy(f"{address}/healthz answers without the name of a release") from None


def look_at_page(address: str, *, timeout: float = 5.0) -> None:
    """Raise Unhealthy unless the page at ``address`` is shown, or leads elsewhere. ``timeout`` in seconds."""
    status, _ = _answer(address, "/", timeout)
    if not status.startswith(("2", "3")):
        raise Unhealthy(f"{address}/ answers {status}")


def _answer(address: str, path: str, timeout: float) -> tuple[str, bytes]:
    """Status (as ``200 OK``) and the beginning of the content."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        with closing(kind(parts.netloc, timeout=timeout)) as connection:
            connection.request("GET", path, headers={"Connection": "close", "User-Agent": "ci"})
            response = connection.getresponse()
            return f"{response.status} {response.reason}", beginning(response, timeout=timeout)
    except (OSError, http.client.HTTPException) as error:
        raise Unhealthy(f"{address}{path} does not answer: {error or type(error).__name__}") from None


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


def wait_for(address: str, release: str, *, timeout: float, is_alive: Callable[[], bool]) -> float:
    """Wait until ``release`` answers at ``address`` and shows its page; return after how many seconds it did.

    Raises Unhealthy after ``timeout`` seconds, or as soon as ``is_alive`` says that nobody is left who could
    answer.
    """
    started = time.monotonic()
    while True:
        left = started + timeout - time.monotonic()
        try:
            confirm(address, release, times=1, timeout=max(0.1, left))
        except Unhealthy as error:
            if not is_alive():
                raise Unhealthy("the server ended by itself") from None
            if time.monotonic() - started > timeout:
                raise Unhealthy(f"release {release} did not answer within {timeout:g} s: {error}") from None
            time.sleep(_PAUSE)
        else:
            return time.monotonic() - started


def confirm(address: str, release: str, *, times: int = 10, timeout: float = 5.0) -> None:
    """Ask ``times`` times in a row, then for the page; raises Unhealthy unless every answer names ``release``.

    ``timeout`` in seconds is for each answer.
    """
    for _ in range(times):
        found = release_at(address, timeout=timeout)
        if found != release:
            raise Unhealthy(f"{address}/healthz names release {found}, not {release}")
    look_at_page(address, timeout=timeout)
