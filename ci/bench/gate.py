"""One comparison from beginning to end: which commits, where they lie, what was measured."""

import os
import platform
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from msgspec import Struct

from ci.bench import base, workplace
from ci.bench.calibrate import Calibration, calibrate
from ci.bench.measure import compare
from ci.bench.settings import Progress, Settings, Side
from ci.bench.results import Comparison
from ci.runner.interrupt import caught

Watch = Callable[[Progress], None]
Say = Callable[[str], None]


class Options(Struct, frozen=True, kw_only=True):
    """What a comparison is about: ``ref`` is the base that was asked for, None to find it."""

    settings: Settings
    default_branch: str
    ref: str | None = None


class Measured(Struct, frozen=True, kw_only=True):
    """A comparison. ``is_step``: of a commit of the default branch with the one before it."""

    comparison: Comparison
    is_step: bool


def measure(root: Path, options: Options, *, report: Path, watch: Watch, say: Say) -> Measured:
    """Compare the working tree at ``root`` with its base.

    ``report`` gets the readings of the head. Ctrl-C, SIGTERM and SIGHUP raise KeyboardInterrupt, after all is removed.
    Raises UsageError, also where there is nothing to measure, CommandError if git fails, EnvironmentProblem if the
    base's environment can't be made.
    """
    clock = _Clock(watch)
    with caught() as interrupt:
        with interrupt.raised():
            choice = base.choose(
                root, ref=options.ref, default_branch=options.default_branch, environ=os.environ, say=say
            )
        say(f"base: {choice.base.name} ({choice.base.id[:12]}), {choice.reason}" if choice.base else choice.reason)
        begun = datetime.now(timezone.utc)
        with workplace.opened(root, say=say) as folder, interrupt.raised():
            head = workplace.head_side(root, folder)
            other = _base_side(root, choice, folder, options, say)
            results = compare(other, head, options.settings, report=report, watch=clock)
    comparison = Comparison(
        base=choice.base if other else None,
        head=choice.head,
        results=results,
        seconds=round(clock.seconds, 3),
        time=begun.isoformat(timespec="seconds"),
        machine=machine(),
    )
    return Measured(comparison=comparison, is_step=choice.is_step)


def measure_machine(root: Path, settings: Settings, *, watch: Watch, say: Say) -> Calibration:
    """How often the gate would be wrong here: see ``calibrate``. Ends as ``measure`` does."""
    with caught() as interrupt, workplace.opened(root, say=say) as folder, interrupt.raised():
        return calibrate(workplace.head_side(root, folder), settings, watch=watch)


def _base_side(root: Path, choice: base.Choice, folder: Path, options: Options, say: Say) -> Side | None:
    if choice.base is None:
        return None
    try:
        return workplace.base_side(root, choice.base.id, folder, default_branch=options.default_branch, say=say)
    except workplace.NotComparable as reason:
        say(f"{reason}: every benchmark is new")
        return None


class _Clock:
    """Passes progress on, and remembers how long measuring has taken."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.seconds = 0.0

    def __call__(self, progress: Progress) -> None:
        self.seconds = max(self.seconds, progress.seconds)
        self._watch(progress)


def machine() -> str:
    """What measured, in words: without a name, since reports go to others."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, {python}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.machine()
