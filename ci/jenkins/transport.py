"""How requests go to Jenkins: python-jenkins with its defects put right at the points it can be overridden."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn, Self, TypeVar
from urllib.parse import urlsplit

import msgspec
import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth

from ci.errors import UsageError
from ci.jenkins.connection import connection_error
from ci.jenkins.errors import JenkinsError, PermissionDenied
from ci.jenkins.responses import error_of, lacks_crumb
from ci.jenkins.session import Session, cookies_of, silent_root_logger
from ci.jenkins.upstream import Jenkins

Answer = TypeVar("Answer")

READING = ("GET", "HEAD")
#: Answers after which it is worth asking again: too many requests, and what a proxy says of a server that is away.
PASSING = (429, 502, 503, 504)
#: For how many threads connections are kept open.
POOL = 32


class StaleCrumb(PermissionDenied):
    """The request was refused for want of a crumb, before anything was done."""


#: What a header may hold.
Header = Annotated[str, msgspec.Meta(pattern="^[!-~]+$")]


class Crumb(msgspec.Struct, frozen=True, rename="camel"):
    """What Jenkins wants to see again in requests that change something, and in which header."""

    crumb: Header
    crumb_request_field: Header


class Transport(Jenkins):
    """A Jenkins server over HTTP.

    ``url`` with the path under which Jenkins runs. ``token`` is an API token, or a password; without ``user`` requests
    look into ~/.netrc. ``timeout`` is (to connect, between two bytes of an answer) in seconds. Requests that change
    nothing are repeated ``retries`` times, first after ``backoff`` seconds, which double. ``verify``: a file of
    certificate authorities, or False; ``cert``: a client's certificate, or that and its key; ``proxies``: by scheme.
    ``sleep`` and ``clock`` are the time that waiting uses. Raises UsageError for a ``url`` with a user in it.
    """

    def __init__(
        self, url: str, user: str | None = None, token: str | None = None, *,
        timeout: tuple[float, float] = (5.0, 30.0), retries: int = 3, backoff: float = 0.5,
        verify: bool | Path | None = None, cert: Path | tuple[Path, Path] | None = None,
        proxies: Mapping[str, str] | None = None,
        sleep: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if "@" in urlsplit(url).netloc:
            raise UsageError("the address of the Jenkins server holds a user or a password: give these by themselves")
        with silent_root_logger():
            super().__init__(url, user, token)
        self.timeout = timeout
        self.sleep, self.clock = sleep, clock
        self._retries, self._backoff = retries, backoff
        self._crumb_lock = threading.Lock()
        self._session = self._own_session(verify)
        self._session.cert = _files(cert)
        self._session.proxies.update(proxies or {})
        if user is not None and token is not None:
            self._session.auth = HTTPBasicAuth(user.encode(), token.encode())
        # Else python-jenkins probes the server with Kerberos first where that is installed.
        self.auth, self._auth_resolved = self._session.auth, True

    def _own_session(self, verify: bool | Path | None) -> Session:
        """With the extra headers and the PYTHONHTTPSVERIFY that python-jenkins has read from the environment."""
        usual = requests.utils.default_headers()
        session = Session({name: value for name, value in self._session.headers.items() if name not in usual})
        session.verify = self._session.verify if verify is None else verify if isinstance(verify, bool) else str(verify)
        for prefix in ("http://", "https://"):
            session.mount(prefix, HTTPAdapter(pool_maxsize=POOL))
        return session

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
        used = self.crumb
        try:
            return super().jenkins_request(req, add_crumb, resolve_auth, stream)
        except StaleCrumb:
            self._renew_crumb(used)
            return super().jenkins_request(req, add_crumb, resolve_auth, stream)

    def maybe_add_crumb(self, req: requests.Request) -> None:
        """python-jenkins asks for a crumb here before the first request of any kind."""
        crumb = self.crumb
        if crumb and req.method not in READING:
            req.headers.update({crumb["crumbRequestField"]: crumb["crumb"], "Cookie": crumb["cookie"]})

    def _renew_crumb(self, stale: object) -> None:
        with self._crumb_lock:
            if self.crumb is stale:
                response = self.get("crumbIssuer/api/json")
                self.crumb = msgspec.to_builtins(self.decoded(response, Crumb)) | {"cookie": cookies_of(response)}

    def _request(self, req: requests.Request, stream: bool | None = None) -> requests.Response:
        """Where python-jenkins sends: here, what only reads is repeated, and only that follows redirects."""
        retries = self._retries if req.method in READING else 0
        for attempt in range(retries + 1):
            try:
                response = self._send(req, stream)
                if response.status_code not in PASSING or attempt == retries:
                    return response
                response.close()
            except requests.RequestException as error:
                if attempt == retries:
                    raise connection_error(req, error) from None
            self.sleep(self._backoff * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _send(self, req: requests.Request, stream: bool | None) -> requests.Response:
        try:
            prepared = self._session.prepare_request(req)
        except UnicodeError:
            raise UsageError("a name or value is no text in UTF-8, so nothing was sent") from None
        settings: dict[str, Any] = dict(self._session.merge_environment_settings(
            prepared.url or "", {}, bool(stream), self._session.verify, None
        ))
        redirects = req.method in READING
        response = self._session.send(prepared, timeout=self.timeout, allow_redirects=redirects, **settings)
        if response.status_code >= 400:
            response.content  # also of a stream: an error's page is short, and may break off as anything may
        return response

    def _response_handler(self, response: requests.Response) -> requests.Response:
        """Where python-jenkins turns a status into an exception, and loses what it means."""
        if lacks_crumb(response):
            raise StaleCrumb("Jenkins wants a crumb with this request, and took none: ask who runs the Jenkins server")
        if response.status_code >= 400:
            raise error_of(response)
        return response


def _files(cert: Path | tuple[Path, Path] | None) -> str | tuple[str, str] | None:
    if isinstance(cert, tuple):
        return str(cert[0]), str(cert[1])
    return None if cert is None else str(cert)
