"""One request and its answer, in time: sockets know limits for single bytes only."""

import math
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError

from ci.errors import UsageError
from ci.jenkins.connection import READING, connection_error
from ci.jenkins.errors import TimedOut, Unavailable, WaitTimeout
from ci.jenkins.limits import Deadline, within

#: How much of a stream is held at a time, in bytes.
CHUNK = 1 << 16
#: An answer that comes by drips is given up after so many times what a single byte of it may take.
DRIPPING = 10
#: A socket's own time limit comes so much later than ours, in seconds: it never decides what is said.
_LATER = 1.0


def send(
    session: requests.Session, request: requests.Request, *, stream: bool, timeout: tuple[float, float],
    deadline: Deadline,
) -> requests.Response:
    """The answer to ``request``, of a ``stream`` only its head. What changes something follows no redirect.

    Raises WaitTimeout for a question that is not answered by ``deadline``, else Unavailable or JenkinsError.
    """
    prepared, left = _prepared(session, request), deadline.for_an_answer
    if left <= 0:
        raise WaitTimeout(f"{deadline}, so nothing more was sent")
    settings: dict[str, Any] = dict(session.merge_environment_settings(
        prepared.url or "", {}, stream, session.verify, None
    ))

    def exchange() -> requests.Response:
        connect, read = (min(one, left + _LATER) for one in timeout)
        follow = request.method in READING
        response = session.send(prepared, timeout=(connect, read), allow_redirects=follow, **settings)
        if response.status_code >= 400:
            response.content  # also of a stream: an error's page is short, and may break off as anything may
        return response

    whole = math.inf if request.files else DRIPPING * sum(timeout)  # files may take long on their way
    try:
        return within(min(left, whole), exchange, late=_drop)
    except TimeoutError:
        raise _unanswered(request, deadline if left < whole else None) from None
    except (HTTPError, OSError) as error:  # a RequestException is an OSError
        proxied = select_proxy(prepared.url or "", settings["proxies"]) is not None
        raise connection_error(request, error, proxied=proxied) from None


def _prepared(session: requests.Session, request: requests.Request) -> requests.PreparedRequest:
    try:
        return session.prepare_request(request)
    except UnicodeError:
        raise UsageError("a name or value is no text in UTF-8, so nothing was sent") from None
    except requests.RequestException as error:
        raise connection_error(request, error, proxied=False) from None


def _drop(response: requests.Response | None) -> None:
    if response is not None:
        response.close()


def _unanswered(request: requests.Request, deadline: Deadline | None) -> WaitTimeout | TimedOut:
    server = "{0.scheme}://{0.netloc}".format(urlsplit(str(request.url)))
    if request.method not in READING:
        return TimedOut(f"{server} took too long to answer", sent=True)
    if deadline:
        return WaitTimeout(f"{deadline}, and {server} has not answered")
    return TimedOut(f"{server} took too long to answer: try again later")


def content(response: requests.Response, what: str, deadline: Deadline) -> Iterator[bytes]:
    """The content of a stream as it comes. Raises Unavailable (``what`` broke off), and WaitTimeout at the deadline."""
    pieces, abandoned = response.iter_content(CHUNK), False
    try:
        while piece := within(deadline.for_an_answer, lambda: next(pieces, b""), late=lambda _: response.close()):
            yield piece
    except TimeoutError:
        abandoned = True  # somebody still reads it: to close it would be to wait for them
        raise WaitTimeout(f"{deadline}, and {what} has not come to its end") from None
    except requests.RequestException as error:
        raise Unavailable(f"{what} broke off ({type(error).__name__}): try again later") from None
    finally:
        if not abandoned:
            response.close()
