"""Why an installer failed, where the fault is not in the packages: what uv and pip write, and what that is in words.

Standard library only, since this runs before anything is installed.
"""

import re
from typing import NamedTuple


class Cause(NamedTuple):
    """A cause that is known: what uv 0.13 or pip 24 write (``pattern``), what happened, what to do.

    ``is_shared``: the other installer would meet it too.
    """

    pattern: str
    said: str
    advice: str
    is_shared: bool = True


_OWN_INDEX = "For a package index of your own set PIP_INDEX_URL."

#: The first that fits counts.
_CAUSES = (
    Cause(r"No space left|os error 28\b|Errno 28\b", "the disk is full", "Make room."),
    Cause(
        r"(?i)hash mismatch|do not match the hashes", "a file is not the one that the lock names",
        "Don't use it: ask its publisher, or make the lock again.",
    ),
    Cause(
        "network was disabled|connectivity is disabled", "the network is switched off for uv",
        "Unset UV_OFFLINE (or `offline` in uv's configuration).",
    ),
    Cause(
        "index lookups were disabled|not found in the provided package locations",
        "the package index is switched off, and the other places lack a package",
        "Unset PIP_NO_INDEX (or `no-index` in pip's configuration), or put the package there.",
    ),
    Cause(
        r"(?i)407 Proxy|proxy authori[sz]ation required", "the proxy wants a name and a password",
        "Set HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT.",
    ),
    Cause(
        r"(?i)tunnel error|cannot connect to proxy|ProxyError", "the network's proxy can't be reached, or refuses",
        "Check HTTPS_PROXY and the connection.",
    ),
    Cause(
        r"(?i)dns error|name resolution|getaddrinfo|Name or service not known|nodename nor servname",
        "no network, or no server of that name",
        f"Check the connection; behind a proxy set HTTPS_PROXY. {_OWN_INDEX}",
    ),
    Cause(
        r"(?i)certificate|SSLError|InvalidContentType|tls handshake",
        "the connection to the server is not trusted (TLS)",
        f"Where the network looks into connections, name its certificate in PIP_CERT. {_OWN_INDEX}",
    ),
    Cause(
        r"server error \(5\d\d|HTTP error 5\d\d|\b5\d\d Server Error", "the package index has a fault of its own",
        "Wait a little.",
    ),
    Cause(
        r"\b(401|403) (Unauthorized|Forbidden|Client Error)|HTTP error 40[13]", "the package index refuses to answer",
        "Check its address, and the name and password in it: PIP_INDEX_URL.", is_shared=False,
    ),
    Cause(
        r"(?i)connect|network|timed? ?out|error sending request|max retries", "no network: the server can't be reached",
        f"Check the connection; behind a proxy set HTTPS_PROXY. {_OWN_INDEX}",
    ),
    Cause(
        r"not found in the package registry|from versions: none|HTTP error 404|\(404 Not Found\)",
        "the package index has no such package, or gave no answer",
        f"Check the connection and the address of the index. {_OWN_INDEX}", is_shared=False,
    ),
)


def cause_of(output: str) -> Cause | None:
    """What made an installer fail that wrote ``output``; None if that isn't known."""
    return next((cause for cause in _CAUSES if re.search(cause.pattern, output)), None)
