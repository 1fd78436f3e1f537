"""The one HTTP session of a client, made so that several threads can use it: it remembers nothing between requests."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from ci.errors import UsageError

#: For how many threads connections are kept open.
POOL = 32
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\t -~\xa0-\xff]*)")


class Session(requests.Session):
    """A session that keeps no cookies (its jar is not safe for threads) and hands no header of its own to others.

    Where an answer points to another host, Authorization and the ``private`` headers are dropped.
    """

    def __init__(self, private: Mapping[str, str | bytes]) -> None:
        super().__init__()
        self.headers.update(private)
        self._private = tuple(private)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for prefix in ("http://", "https://"):
            self.mount(prefix, HTTPAdapter(pool_maxsize=POOL))

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Where an answer points to; None if that can't be read, which requests would end in a ValueError."""
        try:
            target: str | None = super().get_redirect_target(resp)
            urlsplit(target or "")
        except ValueError:
            return None
        return target

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        """Called before a redirect is followed. requests would also look into ~/.netrc for another login."""
        here, there = response.request.url, prepared_request.url
        if _origin(here) != _origin(there):
            for name in self._private:
                prepared_request.headers.pop(name, None)
        if self.should_strip_auth(here, there):  # type: ignore[no-untyped-call]
            prepared_request.headers.pop("Authorization", None)


def extra_headers(text: str) -> dict[str, str]:
    """What the variable JENKINS_API_EXTRA_HEADERS says, a header per line. Raises UsageError, without the secrets."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    headers = [_HEADER.fullmatch(line) for line in lines]
    if not all(headers):
        raise UsageError("JENKINS_API_EXTRA_HEADERS holds a line that is no header: write each as Name: value")
    return {found[1]: found[2] for found in headers if found}


@contextmanager
def silent_root_logger() -> Iterator[None]:
    """Nothing logged without a logger's name appears: python-jenkins logs the extra headers, secrets and all."""
    root, handler = logging.getLogger(), logging.NullHandler()
    root.addHandler(handler)
    root.addFilter(_nothing)
    try:
        yield
    finally:
        root.removeFilter(_nothing)
        root.removeHandler(handler)


def _origin(url: str | None) -> tuple[str, str]:
    return urlsplit(url or "")[:2]


def _nothing(record: logging.LogRecord) -> bool:
    return False


def cookies_of(response: requests.Response) -> str:
    """The cookies that an answer set, for the header of a later request."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in response.cookies)
