"""Builds, stages and jobs in words and marks; the same ones in every command."""

import shlex
from datetime import datetime
from typing import TYPE_CHECKING

from ci.commands.jenkins.screen import Line, plain

if TYPE_CHECKING:
    from ci.jenkins import Build, Queued

_MARKS = {
    "SUCCESS": ("✓", "green"), "UNSTABLE": ("!", "yellow"), "FAILURE": ("✗", "red"), "ABORTED": ("-", "magenta"),
    "NOT_BUILT": ("-", "dim"), "running": ("●", "cyan"), "success": ("✓", "green"), "unstable": ("!", "yellow"),
    "failed": ("✗", "red"), "aborted": ("-", "magenta"), "paused": ("?", "cyan"),
}


def mark(word: str) -> tuple[str, str]:
    """The mark and the colour of a result or of a stage's status."""
    return _MARKS.get(word, ("-", "dim"))


def duration(seconds: float) -> str:
    """``0.4 s``, ``12 s``, ``1 min 05 s``, ``2 h 03 min``."""
    if seconds < 9.95:
        return f"{max(seconds, 0.0):.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"


def moment(time: datetime) -> str:
    """A time on this machine's clock."""
    return f"{time.astimezone():%Y-%m-%d %H:%M:%S}"


def state(build: "Build") -> str:
    """The result of a build, or ``running``."""
    return "running" if build.building else build.result or "running"


def headline(build: "Build") -> Line:
    """How a build ended and how long that took, or how long it has run."""
    word, took = state(build), duration(build.duration)
    said = f"running for {took}" if word == "running" else f"{word} in {took}"
    usual = f" (usually {duration(build.estimate)})" if build.estimate else ""
    symbol, colour = mark(word)
    return Line(f"{symbol} {plain(build.name)}: {said}{usual}", colour)


def name(target: "Build | Queued") -> str:
    """``folder/app #12``, or ``folder/app (item 7)`` as long as it is in the queue."""
    from ci.jenkins import Queued

    which = f"(item {target.id})" if isinstance(target, Queued) else f"#{target.number}"
    return f"{plain(target.job)} {which}"


def arguments(target: "Build | Queued") -> str:
    """What names this build, or this item of the queue, after a command of ``ci jenkins``."""
    from ci.jenkins import Queued

    which = f"--item {target.id}" if isinstance(target, Queued) else str(target.number)
    return f"{shlex.quote(plain(target.job))} {which}"


def total(count: int, noun: str) -> str:
    """``1 test``, ``2 tests``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"
