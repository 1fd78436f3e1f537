"""The right to change an environment: one process at a time, and a note that outlives a kill.

``PREFIX/ci-state`` says who made the environment and, from before the first change until after the last, that
work on it is not finished. The file is locked meanwhile; installers inherit it, so that the lock holds until
the last of them has ended, even if the process that started them is gone. Standard library only.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from ci.installer import EnvironmentProblem

NAME = "ci-state"
OURS, THEIRS, UNFINISHED = "made by ci", "made by somebody else", ", unfinished"


class Claim:
    """The open, locked state file of one environment."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.path = file.name
        text = file.read()
        self.owner = OURS if text.startswith(OURS) else THEIRS
        self.was_unfinished = text.endswith(UNFINISHED)
        self.descriptor = file.fileno()

    def begin(self, owner: str) -> None:
        """Note that work begins on an environment of ``owner``."""
        self.owner = owner
        self._write(owner + UNFINISHED)

    def finish(self) -> None:
        """Note that the work is done."""
        self._write(self.owner)

    def _write(self, text: str) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._file.write(text)
        self._file.flush()


@contextmanager
def claimed(prefix: str, say: Callable[[str], None], *, new: bool) -> Iterator[Claim]:
    """Hold the right to change what is at ``prefix``; wait while another process has it. ``new``: it may be made.

    Raises EnvironmentProblem for a folder that holds something else, or if the system refuses anything meanwhile.
    """
    try:
        if new:
            _refuse_other_things(prefix)
            os.makedirs(prefix, exist_ok=True)
        with open(os.path.join(prefix, NAME), "a+", encoding="utf-8", errors="replace") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"waiting for another process that is setting up {shown(prefix)}")
                fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            yield Claim(file)
    except OSError as error:
        raise EnvironmentProblem(
            f"can't set up {shown(prefix)}: {error.strerror} ({error.filename or prefix}). Put that right, or make an "
            "environment where you can write: `python3 -m ci environment FOLDER`."
        ) from error


def shown(path: str) -> str:
    """A path as people write it: relative when it is below the working directory."""
    relative = os.path.relpath(path)
    return path if relative.startswith("..") else relative


def _refuse_other_things(prefix: str) -> None:
    if "\n" in os.path.abspath(prefix):
        raise EnvironmentProblem("the path of this folder holds a line break, which Python's venv can't: rename it.")
    if not os.path.lexists(prefix):
        return
    if not os.path.isdir(prefix):
        raise EnvironmentProblem(f"{shown(prefix)} is not a folder: move it away, or name another place.")
    entries = os.listdir(prefix)
    if entries and "pyvenv.cfg" not in entries and NAME not in entries:
        raise EnvironmentProblem(
            f"{shown(prefix)} holds files and is not a Python environment: move it away, or name another folder."
        )
