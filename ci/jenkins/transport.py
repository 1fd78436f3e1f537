"""How requests go to Jenkins: python-jenkins with its defects put right at the points it can be overridden."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ci.jenkins.upstream import Jenkins


class Transport(Jenkins):
    """A Jenkins server over HTTP.

    ``url`` with the path under which Jenkins runs. ``token`` is an API token, or a password; without ``user`` requests
    look into ~/.netrc. ``timeout`` is (to connect, between two bytes of an answer) in seconds. Requests that change
    nothing are repeated ``retries`` times, first at once, then after ``backoff`` seconds that double. ``verify``: a
    file of certificate authorities, or False; ``cert``: a client's certificate, or that and its key; ``proxies``: by
    scheme. ``sleep`` and ``clock`` are the time that waiting uses.
    """

    def __init__(
        self, url: str, user: str | None = None, token: str | None = None, *,
        timeout: tuple[float, float] = (5.0, 30.0), retries: int = 3, backoff: float = 0.5,
        verify: bool | Path | None = None, cert: Path | tuple[Path, Path] | None = None,
        proxies: Mapping[str, str] | None = None,
        sleep: Callable[[float], object] = time.sleep, clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(url, user, token)
