"""The stamp ``PREFIX/ci-lock``: proof that an environment holds what a lock file says.

Written last, so an environment without one is unfinished. It names the Python version and the folder it was made
for (console scripts hold the folder's name: a copied or moved environment is broken), then repeats the lock.
Comparing texts costs less than a hash, which would have to be imported at every start.
"""

import os
import sys

NAME = "ci-lock"

#: Version of the running interpreter, as stamps write it.
RUNNING = "%d.%d" % sys.version_info[:2]


def is_current(prefix: str, lock: str, *, version: str | None = None) -> bool:
    """Whether the environment at ``prefix`` holds what the file ``lock`` says, for Python ``version`` (None: any)."""
    found = read(prefix)
    python = os.path.join(prefix, "bin", "python3")
    if found is None or not os.path.isfile(python) or not os.access(python, os.X_OK):
        return False
    made_with, made_for, installed = found
    if version not in (None, made_with) or made_for != os.path.realpath(prefix):
        return False
    return os.path.exists(lock) and installed == read_lock(lock)


def read(prefix: str) -> tuple[str, str, bytes] | None:
    """Version, folder and lock of the stamp at ``prefix``; None if there is none that can be read."""
    try:
        with open(os.path.join(prefix, NAME), "rb") as file:
            version, folder, lock = file.read().split(b"\n", 2)
    except (OSError, ValueError):
        return None
    return version.decode(errors="replace"), os.fsdecode(folder), lock


def read_lock(lock: str) -> bytes:
    """The text of a lock file."""
    with open(lock, "rb") as file:
        return file.read()


def write(prefix: str, *, version: str, lock: bytes) -> None:
    """Write the stamp in one move: readers see the old one, none, or all of the new one."""
    target = os.path.join(prefix, NAME)
    with open(target + ".new", "wb") as file:
        file.write(b"\n".join([version.encode(), os.fsencode(os.path.realpath(prefix)), lock]))
    os.replace(target + ".new", target)


def remove(prefix: str) -> None:
    """Take the stamp away: from now on the environment counts as unfinished."""
    try:
        os.unlink(os.path.join(prefix, NAME))
    except FileNotFoundError:
        pass
