"""The right to change a server: one process at a time, and everybody else is told who has it."""

import fcntl
import getpass
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from ci.errors import CiError


class Busy(CiError):
    """Another process is changing the same server."""


@contextmanager
def held(path: Path, purpose: str, *, wait: bool = False) -> Iterator[None]:
    """Hold the lock file ``path`` for ``purpose``, as "deploying shop-1.tar.gz".

    While another process holds it, raise Busy, which says who does what since when; or ``wait`` for its end. The lock
    is the kernel's (flock), so it ends with its process, however that ends.
    """
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Busy(
                f"the server in {path.parent.parent} is being changed: {_holder(file)}. Try again when that has ended"
            ) from None
        file.truncate(0)
        with suppress(OSError):  # a full disk: what can't be said must not keep `ci stop` from its work
            os.write(file.fileno(), f"{purpose} by {user()}, process {os.getpid()}, since {now()}".encode())
        try:
            yield
        finally:
            file.truncate(0)


def _holder(file: IO[str]) -> str:
    file.seek(0)
    return file.read().strip() or "another process"


def now() -> str:
    """The time in UTC, as 2026-11-22T09:10:11Z."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def user() -> str:
    """Who runs this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return f"user {os.getuid()}"
