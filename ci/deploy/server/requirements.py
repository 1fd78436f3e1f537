"""What a requirements file asks for, with the files that it includes."""

import re
from collections.abc import Iterator
from pathlib import Path

from ci.errors import UsageError

_INCLUDE = re.compile(rb"^\s*(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)", re.MULTILINE)

#: A folder or file in place of a package; an editable checkout of a repository is none.
_PATH = re.compile(
    rb"^\s*((?:(?:-e|--editable)[ =]?(?!\s*git\+)|\.{1,2}(?:/|\s|$)|/|file:|\S+\s*@\s*file:).*)", re.MULTILINE
)


def check(file: Path) -> None:
    """Raise UsageError if ``file`` asks for a path: releases that share an environment would run each other's code."""
    if found := _PATH.search(content(file)):
        raise UsageError(
            f"{file.name} asks for {found[1].decode(errors='replace').strip()!r}, a path, and releases with equal "
            "requirements share an environment: list packages only. gunicorn finds the release's own code, in a folder "
            "with --chdir"
        )


def content(file: Path) -> bytes:
    """The text of ``file`` and of every file that it includes (-r, -c): all that an environment depends on."""
    return b"\0".join(_texts(file.resolve(), set()))


def _texts(file: Path, seen: set[Path]) -> Iterator[bytes]:
    if file in seen or not file.is_file():  # the installer says which file is missing
        return
    seen.add(file)
    text = file.read_bytes()
    yield text
    for name in _INCLUDE.findall(text):
        yield from _texts((file.parent / name.decode(errors="replace")).resolve(), seen)


def has_hashes(file: Path) -> bool:
    """Whether what is installed can be checked: a file with one hash has to have all of them, pip sees to that."""
    return b"--hash=" in content(file)
