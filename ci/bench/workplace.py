"""The two sides: the base as a checkout of its own, the head as the working tree, each with its Python."""

import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ci import environment, installer, layout, stamp
from ci.bench.settings import Side
from ci.errors import CiError
from ci.runner import checkout, descendants
from ci.runner.run_folder import cookie_prefix, new_folder, remove

Say = Callable[[str], None]

LOCK = layout.COMMON_LOCK

#: How the names of their environments begin, and the seconds after which one that was not used goes.
_OF_A_BASE, _FORGOTTEN = "base-", 14 * 86_400.0

#: What a base must have to be measured, as its lock names it.
_NEEDED = re.compile(rb"^pytest-benchmark *==", re.MULTILINE)


class NotComparable(CiError):
    """The base can't be measured; the message says why. No error: all benchmarks are new."""


@contextmanager
def opened(root: Path, *, say: Say) -> Iterator[Path]:
    """A folder for one comparison below ``root/var``. At the end it goes, and every process with its cookie too.

    First tidies up after comparisons that were killed. Temporary files of this process lie beside those of others,
    where paths are short enough for sockets, but in a folder of this comparison's own.
    """
    all_of_them = root / "var" / "bench"
    known = _names(all_of_them)
    with new_folder(all_of_them, note=say) as folder:
        for name in known - _names(all_of_them):
            remove(_temporary(name))
        temporary = _temporary(folder.name)
        before, tempfile.tempdir = tempfile.tempdir, str(temporary)
        try:
            temporary.mkdir(mode=0o700)
            yield folder
        finally:
            tempfile.tempdir = before
            descendants.end_all(cookie_prefix(folder), grace=0)
            remove(temporary)


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} if folder.exists() else set()


def _temporary(name: str) -> Path:
    return Path(tempfile.gettempdir(), f"ci-bench-{name}")


def head_side(root: Path, folder: Path) -> Side:
    """The working tree at ``root``, with the running Python."""
    return Side(name="head", folder=root, python=Path(sys.executable), env=_variables(root, root, folder))


def base_side(root: Path, commit: str, folder: Path, *, default_branch: str, say: Say) -> Side:
    """A checkout of ``commit`` in the workplace ``folder``, with a Python that has what the base's lock says.

    Raises NotComparable, CommandError if git fails, EnvironmentProblem if its environment can't be made.
    """
    source = checkout.prepare(root, folder / "source", clean=True, default_branch=default_branch)
    base = folder / "base"
    checkout.check_out(source, base, commit=commit)
    for note in _not_checked_out(base):
        say(note)
    environments = root / "var" / "environments"
    python = _python(root, base, environments, say)
    _forget_unused(environments)
    return Side(name="base", folder=base, python=python, env=_variables(root, base, folder))


def _variables(root: Path, side: Path, folder: Path) -> dict[str, str]:
    """What a side's processes get: a cookie by which the next comparison finds those of one that was killed, and
    the user's PYTHONPATH, of which what lies in the working tree is looked for in the side's own checkout.
    """
    outer = os.environ.get(descendants.COOKIE)
    own = f"{cookie_prefix(folder)}bench"
    entries = [Path(entry).resolve() for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    inside = root.resolve()
    places = (side / path.relative_to(inside) if path.is_relative_to(inside) else path for path in entries)
    return {
        descendants.COOKIE: f"{outer}:{own}" if outer else own,
        "PYTHONPATH": os.pathsep.join(map(str, places)),
    }


def _not_checked_out(base: Path) -> Iterator[str]:
    if (base / ".gitmodules").exists():
        yield "submodules are not checked out in the base: benchmarks that need them are broken there"
    attributes = base / ".gitattributes"
    if attributes.exists() and b"filter=lfs" in attributes.read_bytes():
        yield "files that Git LFS keeps are whole in the base only where LFS is set up for this user"


def _python(root: Path, base: Path, environments: Path, say: Say) -> Path:
    """The running Python where both locks are the same, else one with what the base's says, kept for the next time."""
    lock = _lock(base)
    if lock == _lock(root):
        return Path(sys.executable)
    if lock is None:
        raise NotComparable(f"the base has no {LOCK}, so nothing says what its benchmarks need")
    if not _NEEDED.search(lock):
        raise NotComparable(f"the base's {LOCK} does not name pytest-benchmark, so it has no benchmarks")
    name = f"{_OF_A_BASE}{hashlib.sha256(lock).hexdigest()[:12]}-{stamp.RUNNING}"
    prefix = environments / name
    say(f"the base's {LOCK} differs, so the base has an environment of its own")
    environment.make(str(prefix), sys.executable, str(base / LOCK), say=say)
    os.utime(prefix)
    return Path(installer.python_of(str(prefix)))


def _forget_unused(environments: Path) -> None:
    """Remove environments of bases that no comparison has asked for in a long time."""
    for prefix in environments.glob(f"{_OF_A_BASE}*"):
        with suppress(FileNotFoundError):  # another comparison was quicker
            if time.time() - prefix.lstat().st_mtime > _FORGOTTEN:
                remove(prefix)


def _lock(folder: Path) -> bytes | None:
    try:
        return (folder / LOCK).read_bytes()
    except FileNotFoundError:
        return None
