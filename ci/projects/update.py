"""`ci update`: another version of the tool in a project that brings it along.

The lock decides which version a project has. So the new wheel is put beside the old one first, then the lock changes,
in one step, and only then the old wheel goes: whatever ends this in between leaves a project that works.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ci import installer, process, progress
from ci.distribution.contents import NAME
from ci.errors import CiError, UsageError
from ci.projects import changelog, tool, wheel_file
from ci.projects.changes import Changes, tracked
from ci.projects.choices import Tool
from ci.projects.tool import Pin
from ci.projects.wheel_file import WheelFile

#: Makes the locks of a project that has one for all its packages.
_SCRIPT = "ci/lock.sh"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Update:
    """A project at ``root`` that goes ``before`` -> ``after``: versions, and what is done in which order."""

    root: Path
    before: str
    after: str
    steps: tuple[Changes, ...]
    news: str

    def lines(self) -> Iterator[str]:
        """What is to be done, for people."""
        return (line for step in self.steps for line in step.lines())

    def apply(self) -> None:
        """Do it; the new tool then makes its environment and writes the engines' files. Raises CiError."""
        for step in self.steps:
            step.apply()
        python = getattr(sys, "_base_executable", sys.executable)
        done = process.run([python, "-m", "ci", "generate"], cwd=self.root, check=False)
        if done.exit_code:
            said = done.stderr or done.stdout
            raise CiError(f"{self.after} is there, but could not write the engines' files:\n{said}")


def prepare(root: Path, wanted: str | None, *, say: Say) -> Update:
    """The update of the project at ``root`` to ``wanted``: a version, a wheel's path, or None for the newest.

    Where the lock names it already, what an update that was interrupted has left undone. Raises UsageError where there
    is no tool to update or ``wanted`` is no release of it, CiError if it can't be fetched or the packages that it needs
    don't go with the project's.
    """
    found = tool.pinned(root)
    if found is None:
        raise UsageError(
            "no lock of this project names the tool: `ci adopt` adds it. In a fork of the template that still holds "
            "the tool's sources, merge from there (docs/updating.md), or make it a project first: ci new --here"
        )
    lock, pin = found
    with tempfile.TemporaryDirectory() as scratch:
        new = _obtain(wanted, Path(scratch))
        is_pinned = _is_pinned(new, pin)
        if not is_pinned:
            say(f"from {pin.version} to {new.version}")
        kept: Tool = "kept" if tool.wheels(root) else "index"
        locks = {} if is_pinned else _locked(root, lock, new, kept, Path(scratch))
        steps = _steps(root, locks, new, kept)
    return Update(root, pin.version, new.version, steps, changelog.between(new.changelog, pin.version, new.version))


def _is_pinned(new: WheelFile, pin: Pin) -> bool:
    return new.version == pin.version and new.sha256 in pin.hashes


def _obtain(wanted: str | None, scratch: Path) -> WheelFile:
    if wanted is not None and (wanted.endswith(".whl") or Path(wanted).is_file()):
        return wheel_file.read(Path(wanted))
    return wheel_file.read(_fetched(wanted, scratch))


def _fetched(version: str | None, scratch: Path) -> Path:
    """The wheel of a version, else of the newest, from the package index."""
    what = f"{NAME}=={wheel_file.checked_version(version)}" if version else NAME
    options = ["--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(scratch), what]
    command = [sys.executable, "-m", "pip", "download", *options]
    step = f"fetching {what}"
    result = progress.run(step, command, installer.pip_settings())
    if result.code:
        raise installer.ToolFailed(step, "pip", result.code, result.output)
    return next(scratch.glob("*.whl"))


def _steps(root: Path, locks: Mapping[str, bytes], new: WheelFile, kept: Tool) -> tuple[Changes, ...]:
    wheel = {f"ci/{new.name}": new.content} if kept == "kept" else {}
    return (
        Changes(root, wheel),
        Changes(root, locks),
        Changes(root, {tool.START: new.bootstrap}, frozenset(tool.wheels(root)).difference(wheel)),
    )


def _locked(root: Path, lock: str, new: WheelFile, kept: Tool, scratch: Path) -> dict[str, bytes]:
    """The locks that name the new tool, and what it needs."""
    pin = Pin(new.version, (new.sha256,))
    if lock == tool.OWN_LOCK:
        return {lock: tool.lock(new.lock, pin, kept, path=lock).encode()}
    return _resolved(root, new, scratch)


def _resolved(root: Path, new: WheelFile, scratch: Path) -> dict[str, bytes]:
    """The locks as the project's own ``ci/lock.sh`` makes them with the new tool, in a copy.

    What the tool needs has to go with what the app needs, which only a resolver can say. Without a network it makes do
    with what it remembers of the index.
    """
    copy = scratch / "project"
    if not (root / _SCRIPT).is_file():
        raise UsageError(f"{_SCRIPT} is missing, which makes {tool.COMMON_LOCK}: take it from an older commit")
    names = [path for path in tracked(root) if path == _SCRIPT or ("/" not in path and (root / path).is_file())]
    for path in names:
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_bytes((root / path).read_bytes())
    (copy / "ci" / new.name).write_bytes(new.content)
    _resolve(copy, new.version)
    found = tool.pinned(copy)
    if found is None or not _is_pinned(new, found[1]):
        raise CiError(
            f"`sh {_SCRIPT}` does not bring {NAME} {new.version}, with the hash of that wheel, into "
            f"{tool.COMMON_LOCK}, so nothing was changed: mend that script"
        )
    locks = [path for path in names if path.startswith("requirements") and path.endswith(".txt")]
    return {path: (copy / path).read_bytes() for path in locks}


def _resolve(copy: Path, version: str) -> None:
    step = "finding the packages that the new tool needs"
    uv = installer.find_uv(sys.prefix)
    settings = installer.uv_settings()
    if uv:
        settings["PATH"] = f"{Path(uv).parent}:{settings.get('PATH', '')}"
    command = ["sh", _SCRIPT, "--upgrade-package", f"{NAME}=={version}"]
    result = progress.run(step, command, settings, cwd=str(copy))
    if result.code and "offline" not in result.output:
        again = progress.run(step, [*command, "--offline"], settings, cwd=str(copy))
        result = again if again.code == 0 else result
    if result.code:
        raise installer.ToolFailed(step, f"sh {_SCRIPT}", result.code, result.output)
