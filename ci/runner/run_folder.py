"""The folder of one run, and what is left of runs that were killed."""

import fcntl
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ci.runner import descendants


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of the folder or file ``path``, which exists.

    The lock ends with the process at the latest. Raises BlockingIOError where ``wait`` is off and another holds it.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
    finally:
        os.close(descriptor)


@contextmanager
def new_folder(runs: Path, *, note: Callable[[str], None]) -> Iterator[Path]:
    """A new folder below ``runs``, removed at the end. First tidies up after runs that were killed.

    A run holds the lock of its folder as long as it lives, so a folder whose lock is free is left over.
    """
    runs.mkdir(parents=True, exist_ok=True)
    folder = runs / secrets.token_hex(4)
    with locked(runs):
        for left in sorted(entry for entry in runs.iterdir() if entry.is_dir()):
            _tidy(left, note)
        folder.mkdir()
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield folder
    finally:
        remove(folder)
        os.close(held)


def _tidy(folder: Path, note: Callable[[str], None]) -> None:
    try:
        with locked(folder, wait=False):
            ended = descendants.end_all(cookie_prefix(folder))
            remove(folder)
    except (BlockingIOError, FileNotFoundError):
        return
    processes = f" and ended {ended} of its processes" if ended else ""
    note(f"an earlier run was killed: removed its folder {folder.name}{processes}")


def cookie_prefix(folder: Path) -> str:
    """What the cookies of all jobs of the run in ``folder`` begin with."""
    return f"{folder.name}/"


def remove(folder: Path) -> None:
    """Remove a folder if it is there, also where a job took away the right to write in it. What can't go stays."""
    shutil.rmtree(folder, onerror=lambda _function, path, _error: _remove_stubborn(folder, Path(path)))


def _remove_stubborn(folder: Path, path: Path) -> None:
    try:
        for place in (path.parent, path):
            if place.is_relative_to(folder) and stat.S_ISDIR(place.lstat().st_mode):
                place.chmod(stat.S_IRWXU)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    except OSError:
        pass
