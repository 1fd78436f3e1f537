"""The tool as one thing in a project: its wheel, the bootstrap that starts it, and its entry in the project's lock."""

import re
from dataclasses import dataclass
from pathlib import Path

from ci.distribution import contents, wheel
from ci.distribution.contents import FILE_NAME, NAME
from ci.distribution.wheel import Wheel
from ci.layout import COMMON_LOCK as COMMON_LOCK
from ci.layout import OWN_LOCK as OWN_LOCK
from ci.layout import START as START
from ci.projects import texts
from ci.projects.changes import ignored
from ci.projects.choices import Tool

#: The entry of one package in a lock: its name, and its version if it is from an index.
_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^]]*\])?(?:==(\S+)| @ ).*(?:\n    .*)*\n", re.MULTILINE)

#: Where both installers look for the wheel, seen from the lock.
_BESIDE = {COMMON_LOCK: "ci", OWN_LOCK: "."}


@dataclass(frozen=True)
class Pin:
    """The ``version`` of the tool that a lock names, with the ``hashes`` (sha256) that its wheel may have."""

    version: str
    hashes: tuple[str, ...]

    @property
    def entry(self) -> str:
        """Its lines of a lock."""
        lines = [f"{NAME}=={self.version}", *(f"    --hash=sha256:{digest}" for digest in self.hashes)]
        return " \\\n".join(lines) + "\n"


def running() -> Wheel:
    """The wheel of the tool that runs; of its repository without what git ignores there, as secrets and databases."""
    return wheel.of(contents.of_running(without=ignored(contents.source(), "ci", *contents.SAMPLE)))


def wheels(root: Path) -> list[str]:
    """Paths of the tool's wheels that the project at ``root`` keeps; none where the index has it."""
    return [path.relative_to(root).as_posix() for path in root.glob(f"ci/{FILE_NAME}-*.whl")]


def files(made: Wheel, kept: Tool) -> dict[str, bytes]:
    """What starts the tool in a project, by path: with its wheel, or with the index that has it."""
    bootstrap = {START: texts.read("bootstrap.py").encode()}
    return {**bootstrap, f"ci/{made.name}": made.content} if kept == "kept" else bootstrap


def lock(packages: str, pin: Pin, kept: Tool, *, path: str) -> str:
    """The text of the lock at ``path``: the ``packages`` of a lock as uv writes it, with the tool among them."""
    whole = merged(packages, pin.entry)
    place = f"--find-links {_BESIDE[path]}\n\n" if kept == "kept" else ""
    return place.join(_parted(whole))


def merged(lock: str, other: str) -> str:
    """A lock with the entries of both, sorted by name; where both name a package, as the ``other`` has it."""
    head, _ = _parted(lock)
    entries = {found[1]: found[0] for text in (lock, other) for found in _ENTRY.finditer(text)}
    return head + "".join(entries[name] for name in sorted(entries))


def _parted(lock: str) -> tuple[str, str]:
    """What stands before the first entry of a lock, without the places of packages, and the entries."""
    first = _ENTRY.search(lock)
    start = first.start() if first else len(lock)
    return lock[:start].partition("--find-links")[0], lock[start:]


def pinned(root: Path) -> tuple[str, Pin] | None:
    """The path of the lock that names the tool of the project at ``root``, and what it says; None without one."""
    for path in (OWN_LOCK, COMMON_LOCK):
        text = (root / path).read_text(encoding="utf-8") if (root / path).is_file() else ""
        for found in _ENTRY.finditer(text):
            if found[1] == NAME and found[2]:
                return path, Pin(found[2], tuple(re.findall(r"sha256:([0-9a-f]{64})", found[0])))
    return None
