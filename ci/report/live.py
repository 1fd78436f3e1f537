"""`ci run` on a terminal: a line for each job that runs or waits, renewed in place, and one for each that ended."""

import re
import time
from collections.abc import Iterable, Iterator
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace
from rich.console import Console
from rich.live import Live as LivePart
from rich.text import Text

from ci.plan import Job
from ci.report.run_lines import Line, encodable, end_of_output, heading, row, summary
from ci.runner.results import JobResult, Result

_RENEWALS_PER_SECOND = 8

#: How far pytest is: at the end of a line, and with pytest-xdist behind the worker's name at its beginning.
_PROGRESS = re.compile(r"^\[gw\d+\] \[ *(\d{1,3})%\]|\[ *(\d{1,3})%\]$")
_PROMPT = "$ "


class Running(Struct, frozen=True):
    """A job that runs since ``began`` (``time.monotonic``): its last line, and how far its tests are, in percent."""

    began: float
    last: str = ""
    percent: int | None = None

    def after(self, text: str) -> "Running":
        """The same after more output, whole lines. A new command starts without a percentage."""
        percent = self.percent
        for line in text.splitlines():
            if found := _PROGRESS.search(line):
                percent = int(found[1] or found[2])
            elif line.startswith(_PROMPT):
                percent = None
        return replace(self, last=text[:-1].rpartition("\n")[2].expandtabs(1).strip(), percent=percent)


class Live:
    """Output of jobs is folded to its last line; the end of it is shown for jobs that failed."""

    def __init__(self, stream: TextIO) -> None:
        self._encoding = stream.encoding or "utf-8"
        self._running: dict[str, Running] = {}
        self._waiting: dict[str, None] = {}
        self._longest = 0
        self._tails: list[Line] = []
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._live = LivePart(
            get_renderable=self._picture, console=self._console, refresh_per_second=_RENEWALS_PER_SECOND,
            transient=True, redirect_stdout=False, redirect_stderr=False,
        )

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        self._longest = max((len(job.name) for job in jobs), default=0)
        self._waiting = dict.fromkeys(job.name for job in jobs)
        self._print([Line(heading(commit, dirty=dirty, jobs=jobs), "bold")])
        self._live.start()

    def note(self, text: str) -> None:
        self._print([Line(f"note: {text}", "yellow")])

    def job_started(self, job: Job) -> None:
        self._waiting.pop(job.name, None)
        self._running[job.name] = Running(time.monotonic())

    def job_output(self, job: Job, text: str) -> None:
        self._running[job.name] = self._running[job.name].after(text)

    def job_finished(self, job: Job, result: JobResult, tail: tuple[str, ...]) -> None:
        self._waiting.pop(job.name, None)
        self._running.pop(job.name, None)
        self._print(row(result, self._longest, self._console.width))
        if result.failed:
            self._tails += end_of_output(result, tail)

    def finished(self, result: Result) -> None:
        self.close()
        # The lines of the jobs that ended are the table already.
        self._print([Line(""), *self._tails, *summary(result, width=self._console.width, with_jobs=False)])

    def close(self) -> None:
        self._live.stop()

    def _picture(self) -> Text:
        picture = Text(overflow="crop", no_wrap=True)
        for parts in _fitting([*self._running_lines(), *self._waiting_lines()], self._console.height - 1):
            for part in parts:
                picture.append(encodable(part.text, self._encoding), part.style)
            picture.append("\n")
        picture.rstrip()
        return picture

    def _running_lines(self) -> Iterator[tuple[Line, ...]]:
        for name, job in list(self._running.items()):
            seconds = time.monotonic() - job.began
            percent = "" if job.percent is None else f"  {job.percent:3} %"
            yield (
                Line(f"{self._spinner(seconds)} {name:{self._longest}}", "cyan"),
                Line(f"  {seconds:6.0f} s{percent}"),
                Line(f"  {job.last}", "dim"),
            )

    def _waiting_lines(self) -> Iterator[tuple[Line, ...]]:
        for name in list(self._waiting):
            yield (Line(f"· {name:{self._longest}}  {'waits':>8}", "dim"),)

    def _spinner(self, seconds: float) -> str:
        frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" if encodable("⠋", self._encoding) == "⠋" else "|/-\\"
        return frames[int(seconds * _RENEWALS_PER_SECOND) % len(frames)]

    def _print(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._console.print(Text(encodable(line.text, self._encoding), line.style), soft_wrap=True)


def _fitting(lines: list[tuple[Line, ...]], height: int) -> list[tuple[Line, ...]]:
    """``lines`` if they fit, else the first ones and how many more there are."""
    if len(lines) <= height:
        return lines
    kept = max(height - 1, 0)
    return [*lines[:kept], (Line(f"· {len(lines) - kept} more", "dim"),)]
