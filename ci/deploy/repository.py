"""Where people can look at the repository: the address of `origin` as an https page."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from ci.errors import CommandError
from ci.process import git


def page(root: Path) -> str | None:
    """The page of the repository that the checkout ``root`` came from; None if it came from no server."""
    try:
        return page_of(git("config", "--get", "remote.origin.url", cwd=root))
    except CommandError:
        return None


def page_of(remote: str) -> str | None:
    """The https page of a remote address, without credentials.

    ``git@host:owner/name.git`` and ``ssh://git@host:22/owner/name`` become ``https://host/owner/name``: the
    forges show their pages under the host name of their ssh service. None for a local path and for what is
    not an address.
    """
    short = re.fullmatch(r"(?:[^@/:]+@)?([A-Za-z0-9.-]+):(?!/?/)(.+)", remote)
    address = f"ssh://{short[1]}/{short[2]}" if short else remote
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("https", "ssh") or not parts.hostname or ":" in parts.hostname:
        return None
    host = f"{parts.hostname}:{port}" if port and parts.scheme == "https" else parts.hostname
    found = f"https://{host}{parts.path}".rstrip("/").removesuffix(".git")
    return found if re.fullmatch(r"https://[A-Za-z0-9._~:/+-]{1,300}", found) else None
