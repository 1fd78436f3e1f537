"""What a requirements file asks for, with the files that it includes."""

import re
from collections.abc import Iterator
from pathlib import Path

_INCLUDE = re.compile(rb"^\s*(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)", re.MULTILINE)


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
