"""Which Python environment a job gets on this machine."""

import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from msgspec import Struct

from ci import claim, environment, interpreters, layout
from ci.errors import CiError
from ci.plan import Job


class MissingPython(CiError):
    """There is no interpreter of the version that a job names."""


class Python(Struct, frozen=True):
    """The environment at ``prefix`` for a job; ``note`` says what is not as the definition wants it."""

    prefix: Path
    note: str = ""


@cache
def _find(version: str) -> str | None:
    """``interpreters.find``, which starts interpreters, once in a run and version."""
    return interpreters.find(version)


def choose(job: Job, *, root: Path, folder: Path, clean: bool, say: Callable[[str], None]) -> Python | None:
    """The environment of a job: the project's own if its version is right, else one below ``folder``, made if need be.

    None for a job without Python. The project's own is ``.venv``, as the tool filled it: one that the user fills is
    left alone, and with ``clean`` it is never taken. A matrix cell insists on its
    version, any other job makes do. Raises MissingPython, and EnvironmentProblem when an environment can't be made.
    """
    if job.python is None:
        return None
    own = root / ".venv"
    has_own = not clean and (own / claim.NAME).exists()
    if has_own and version_of(own) == job.python:
        return Python(own)
    made = folder / job.python
    if _is_made(made, job.python):
        return Python(made)
    interpreter = _find(job.python)
    if interpreter:
        return Python(_create(made, interpreter, root, say))
    missing = f"no Python {job.python} on this machine (uv python install {job.python})"
    if clean or "python" in dict(job.cell):
        raise MissingPython(missing)
    return _substitute(own if has_own else None, folder, root, missing, say)


def _substitute(own: Path | None, folder: Path, root: Path, missing: str, say: Callable[[str], None]) -> Python:
    running = "{}.{}".format(*sys.version_info)
    if own and version_of(own):
        prefix = own
    elif _is_made(folder / running, running):
        prefix = folder / running
    else:
        prefix = _create(folder / running, sys.executable, root, say)
    return Python(prefix, f"with Python {version_of(prefix) or running}: {missing}")


def _create(prefix: Path, interpreter: str, root: Path, say: Callable[[str], None]) -> Path:
    prefix.parent.mkdir(parents=True, exist_ok=True)
    home = layout.home(str(root))
    environment.create(str(prefix), interpreter, home.lock if home else None, say=say)
    return prefix


def version_of(prefix: Path) -> str | None:
    """The version (``3.13``) of the environment at ``prefix``, read from its files; None if there is none."""
    try:
        settings = (prefix / "pyvenv.cfg").read_text(errors="replace")
    except OSError:
        return None
    found = re.search(r"^version(?:_info)? *= *(3\.\d+)\b", settings, re.MULTILINE)
    return found[1] if found and (prefix / "bin" / "python").exists() else None


def _is_made(prefix: Path, version: str) -> bool:
    """Whether an environment of ours is there and nobody is at work on it, or was and didn't finish."""
    state = prefix / claim.NAME
    unfinished = state.exists() and state.read_text(errors="replace").endswith(claim.UNFINISHED)
    return version_of(prefix) == version and not unfinished
