"""How requests go to Jenkins: python-jenkins with its defects put right at the points it can be overridden."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn, Self, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests

from ci.errors import UsageError
from ci.jenkins.connection import READING
from ci.jenkins.crumbs import Crumb, Crumbs, StaleCrumb
from ci.jenkins.errors import JenkinsError, Unavailable
from ci.jenkins.limits import Deadline
from ci.jenkins.login import basic_login, netrc_login
from ci.jenkins.responses import error_of, lacks_crumb
from ci.jenkins.sending import content, send
from ci.jenkins.session import Session, cookies_of, extra_headers, silent_root_logger
from ci.jenkins.upstream import Jenkins

Answer = TypeVar("Answer")

#: Answers after which it is worth asking again: too many requests, and what a proxy says of a server that is away.
PASSING = (429, 502, 503, 504)


class Transport(Jenkins):
    """A Jenkins server over HTTP.

    ``url`` with the path under which Jenkins runs. ``token`` is an API token, or a password; without ``user`` requests
    look into ~/.netrc. ``timeout`` is (to connect, between two bytes of an answer) in seconds. Requests that change
    nothing are repeated ``retries`` times, first after ``backoff`` seconds, which double. ``verify``: a file of
    certificate authorities, or False; ``cert``: a client's certificate, or that and its key; ``proxies``: by scheme.
    ``sleep`` and ``clock`` are the time that waiting uses.
    Raises UsageError for a ``url`` with a user in it, a token with a blank around it, headers in the environment that
    are none.
    """

    def __init__(
        self, url: str, user: str | None = None, token: str | None = None, *,
        timeout: tuple[float, float] = (5.0, 30.0), retries: int = 3, backoff: float = 0.5,
        verify: bool | Path | None = None, cert: Path | tuple[Path, Path] | None = None,
        proxies: Mapping[str, str] | None = None,
        sleep: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:
        _check(url, user, token)
        headers = extra_headers(os.environ.get("JENKINS_API_EXTRA_HEADERS", ""))
        with silent_root_logger():
            super().__init__(url, user, token)
        self.timeout = timeout
        self.sleep, self.clock = sleep, clock
        self.deadline = Deadline()
        self._retries, self._backoff = retries, backoff
        self._crumbs = Crumbs()
        verified = self._session.verify  # python-jenkins has read PYTHONHTTPSVERIFY
        self._session = Session(headers)
        self._session.verify = verified if verify is None else verify if isinstance(verify, bool) else str(verify)
        self._session.cert = _files(cert)
        self._session.proxies.update(proxies or {})
        self._session.auth = basic_login(user, token) if user is not None and token is not None else netrc_login(url)
        # Else python-jenkins probes the server with Kerberos first where that is installed.
        self.auth, self._auth_resolved = self._session.auth, True

    def limited(self, seconds: float | None) -> Self:
        """This client, with its login and its connections, for what must be over ``seconds`` from now.

        Questions and waits raise WaitTimeout then, also in the middle of an answer. None sets no limit, and an earlier
        limit stays.
        """
        if seconds is None or seconds >= self.deadline.left:
            return self
        other = object.__new__(type(self))
        vars(other).update(vars(self), deadline=Deadline(self.clock() + seconds, seconds, self.clock))
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connections; a client that is used again makes new ones."""
        self._session.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.server!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Jenkins client holds a password and connections: make another one instead of a copy")

    def get(
        self, path: str, *, stream: bool = False, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """GET what is at ``path`` below the server's address. Raises JenkinsError, as do the others."""
        return self.jenkins_request(requests.Request("GET", self.server + path, headers=headers), stream=stream)

    def ask(self, path: str, tree: str, kind: type[Answer]) -> Answer:
        """What Jenkins' JSON says of the item at ``path`` (which ends with a slash): the fields in ``tree``."""
        return self.decoded(self.get(f"{path}api/json?tree={tree}"), kind)

    def decoded(self, response: requests.Response, kind: type[Answer]) -> Answer:
        """An answer's JSON as a value of ``kind``."""
        try:
            return msgspec.json.decode(response.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            where = (response.request.path_url or "").partition("?")[0]
            raise JenkinsError(f"the answer to GET {where} is not Jenkins' JSON ({error}): see JENKINS_URL") from None

    def pieces(self, response: requests.Response, what: str) -> Iterator[bytes]:
        """The content of a stream as it comes. Raises Unavailable (``what`` broke off), and WaitTimeout."""
        return content(response, what, self.deadline)

    def post(
        self, path: str, *, data: Mapping[str, Any] | bytes | None = None, files: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """POST to ``path``, once; an answer that points elsewhere is returned, not followed."""
        url = self.server + path
        return self.jenkins_request(requests.Request("POST", url, data=data, files=files, headers=headers))

    def jenkins_request(
        self, req: requests.Request, add_crumb: bool = True, resolve_auth: bool = True, stream: bool | None = None
    ) -> requests.Response:
        """Send a request. A crumb is fetched when Jenkins wants one, or a new one after it has forgotten the session.

        Repeating is safe then: Jenkins looks at the crumb before it does anything.
        """
        used = self._crumbs.current
        try:
            return super().jenkins_request(req, add_crumb, resolve_auth, stream)
        except StaleCrumb:
            self._crumbs.renew(used, self._new_crumb)
            return super().jenkins_request(req, add_crumb, resolve_auth, stream)

    def maybe_add_crumb(self, req: requests.Request) -> None:
        """python-jenkins asks for a crumb here before the first request of any kind."""
        crumb = self._crumbs.current
        if crumb and req.method not in READING:
            req.headers.update(crumb.headers())

    def _new_crumb(self) -> Crumb:
        response = self.get("crumbIssuer/api/json")
        return msgspec.structs.replace(self.decoded(response, Crumb), cookie=cookies_of(response))

    def _request(self, req: requests.Request, stream: bool | None = None) -> requests.Response:
        """Where python-jenkins sends: here, what only reads is repeated, and only that follows redirects."""
        for attempt in range(self._retries + 1):
            pause = self._backoff * 2**attempt
            last = attempt == self._retries or req.method not in READING or pause >= self.deadline.left
            try:
                response = send(
                    self._session, req, stream=bool(stream), timeout=self.timeout, deadline=self.deadline
                )
                if response.status_code not in PASSING or last:
                    return response
                response.close()
            except Unavailable as error:
                if last or error.lasting:
                    raise
            self.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _response_handler(self, response: requests.Response) -> requests.Response:
        """Where python-jenkins turns a status into an exception, and loses what it means."""
        if lacks_crumb(response):
            raise StaleCrumb("Jenkins wants a crumb with this request, and took none: ask who runs the Jenkins server")
        if response.status_code >= 400:
            raise error_of(response)
        return response


def _check(url: str, user: str | None, token: str | None) -> None:
    """None of them is shown in the error: each may hold a secret."""
    if "@" in urlsplit(url).netloc:
        raise UsageError("the address of the Jenkins server holds a user or a password: give these by themselves")
    for what, text in (("user", user or ""), ("API token or password", token or "")):
        if text != text.strip() or not text.isprintable():
            raise UsageError(f"the {what} has a blank or the end of a line around it, or is no text: give it without")


def _files(cert: Path | tuple[Path, Path] | None) -> str | tuple[str, str] | None:
    if isinstance(cert, tuple):
        return str(cert[0]), str(cert[1])
    return None if cert is None else str(cert)
