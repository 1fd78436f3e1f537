"""The crumb that Jenkins wants to see in requests that change something, unless they come with an API token."""

import threading
from collections.abc import Callable, Mapping
from typing import Annotated

from msgspec import Meta, Struct

from ci.jenkins.errors import PermissionDenied


class StaleCrumb(PermissionDenied):
    """The request was refused for want of a crumb, before anything was done."""


#: What a header may hold.
Header = Annotated[str, Meta(pattern="^[!-~]+$")]


class Crumb(Struct, frozen=True, rename="camel"):
    """What Jenkins wants to see again, and in which header. ``cookie``: of the session that it belongs to."""

    crumb: Header
    crumb_request_field: Header
    cookie: str = ""

    def headers(self) -> Mapping[str, str]:
        """What a request has to hold."""
        return {self.crumb_request_field: self.crumb, "Cookie": self.cookie}


class Crumbs:
    """The current crumb of a login, None as long as none was wanted; for several threads."""

    def __init__(self) -> None:
        self.current: Crumb | None = None
        self._lock = threading.Lock()

    def renew(self, stale: Crumb | None, fetch: Callable[[], Crumb]) -> None:
        """Another crumb in place of ``stale``, unless another thread has one already."""
        with self._lock:
            if self.current is stale:
                self.current = fetch()
