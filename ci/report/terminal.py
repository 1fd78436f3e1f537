"""What `ci run` looks like: a live picture on a terminal, plain lines anywhere else, the same summary on both."""

import os
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from ci.plan import Job
from ci.runner.display import Display
from ci.runner.results import JobResult, Result

if TYPE_CHECKING:
    from rich.console import RenderableType

#: Columns that a summary takes where there is no terminal whose width counts.
_WIDE = 1_000
_NARROWEST = 20
_MARKS = {"success": "✓", "skipped": "-", "not-run": "-", "warning": "!"}
_COLOURS = {"success": "green", "skipped": "dim", "not-run": "dim", "warning": "yellow"}


class Line(Struct, frozen=True):
    """A line of text and the colour it has on a terminal that shows colours."""

    text: str
    style: str = ""


def display(stream: TextIO | None = None, *, verbose: bool = False) -> Display:
    """The display that fits ``stream`` (default: standard output). ``verbose`` shows all output on a terminal too."""
    stream = stream or sys.stdout
    if stream.isatty() and not verbose and os.environ.get("TERM", "dumb") != "dumb":
        return Live(stream)
    return Plain(stream)


def summary(result: Result, *, width: int = _WIDE) -> Iterator[Line]:
    """The table of jobs, the totals, and what jobs left to say."""
    longest = max((len(job.name) for job in result.jobs), default=0)
    for job in result.jobs:
        yield from _row(job, longest, width)
    if result.jobs:
        yield Line("")
    yield Line(totals(result), "bold green" if result.result == "success" else "bold red")
    for notice in result.notices:
        for line in notice.splitlines():
            yield Line(line, "bold")


def outcome(job: JobResult) -> str:
    """The word for a job's result."""
    return "warning" if job.allowed else job.result


def _row(job: JobResult, longest: int, width: int) -> Iterator[Line]:
    word = outcome(job)
    seconds = f"{job.seconds:.1f} s" if job.log else ""
    row = f"{_MARKS.get(word, '✗')} {job.name:{longest}}  {word:9}  {seconds:>8}"
    style = _COLOURS.get(word, "red")
    if not job.note or len(row) + 2 + len(job.note) <= width:
        yield Line(f"{row}  {job.note}".rstrip(), style)
        return
    yield Line(row.rstrip(), style)
    for line in textwrap.wrap(job.note, max(width, _NARROWEST) - 4):
        yield Line(f"    {line}", style)


def totals(result: Result) -> str:
    """The run in one sentence."""
    if not result.jobs:
        return "nothing to run: nothing failed last time"
    words = [outcome(job) for job in result.jobs]
    counts = [f"{words.count(word)} {word}" for word in dict.fromkeys(words)]
    began = {"success": "passed", "failure": "failed", "cancelled": "interrupted"}[result.result]
    return f"{began} in {result.seconds:.1f} s: {', '.join(counts)}"


def _tail(result: JobResult, tail: tuple[str, ...]) -> Iterator[Line]:
    """The end of a failed job's output."""
    yield Line(f"{result.name}: the last {len(tail)} lines of {result.log}", "bold red")
    for line in tail:
        yield Line(f"  {line}")
    yield Line("")


def _heading(commit: str, *, dirty: bool, jobs: tuple[Job, ...]) -> str:
    changes = " with the changes of the working tree" if dirty else ""
    return f"{len(jobs)} job{'' if len(jobs) == 1 else 's'}, commit {commit[:10]}{changes}"


class Plain:
    """Lines of text, each with the name of its job in front; nothing is written over. Also for `--verbose`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoding = stream.encoding or "utf-8"
        self._tails: list[Line] = []

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        self._write(f"{_heading(commit, dirty=dirty, jobs=jobs)}\n")

    def note(self, text: str) -> None:
        self._write(f"note: {text}\n")

    def job_started(self, job: Job) -> None:
        pass  # its first line of output says so

    def job_output(self, job: Job, text: str) -> None:
        prefix = f"{job.name} | "
        self._write(prefix + text[:-1].replace("\n", f"\n{prefix}") + "\n")

    def job_finished(self, job: Job, result: JobResult, tail: tuple[str, ...]) -> None:
        seconds = f" in {result.seconds:.1f} s" if result.log else ""
        self._write(f"{job.name} | {outcome(result)}{seconds}{': ' if result.note else ''}{result.note}\n")
        if result.failed:
            self._tails += _tail(result, tail)

    def finished(self, result: Result) -> None:
        width = shutil.get_terminal_size().columns if self._stream.isatty() else _WIDE
        lines = [Line(""), *self._tails, *summary(result, width=width)]
        self._write("".join(f"{line.text}\n" for line in lines))

    def close(self) -> None:
        pass

    def _write(self, text: str) -> None:
        self._stream.write(encodable(text, self._encoding))
        self._stream.flush()


def encodable(text: str, encoding: str) -> str:
    """Text that a stream of this encoding can take; marks become ASCII, other letters that it lacks question marks."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        ascii_marks = text.translate(str.maketrans("✓✗…", "+x."))
        return ascii_marks.encode(encoding, errors="replace").decode(encoding)


class Live:
    """A line for each running job, renewed in place; a line for each finished one; no other output until the end."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live as LivePart

        self._encoding = stream.encoding or "utf-8"
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._live = LivePart(
            get_renderable=self._running_jobs, console=self._console, refresh_per_second=8, transient=True,
            redirect_stdout=False, redirect_stderr=False,
        )
        self._running: dict[str, tuple[float, str]] = {}
        self._longest = 0
        self._tails: list[Line] = []

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        self._longest = max((len(job.name) for job in jobs), default=0)
        self._print([Line(_heading(commit, dirty=dirty, jobs=jobs), "bold")])
        self._live.start()

    def note(self, text: str) -> None:
        self._print([Line(f"note: {text}", "yellow")])

    def job_started(self, job: Job) -> None:
        self._running[job.name] = (time.monotonic(), "")

    def job_output(self, job: Job, text: str) -> None:
        began, _last = self._running[job.name]
        self._running[job.name] = (began, text[:-1].rpartition("\n")[2].replace("\t", " "))

    def job_finished(self, job: Job, result: JobResult, tail: tuple[str, ...]) -> None:
        self._running.pop(job.name, None)
        self._print(_row(result, self._longest, self._console.width))
        if result.failed:
            self._tails += _tail(result, tail)

    def finished(self, result: Result) -> None:
        self.close()
        self._print([Line(""), *self._tails, *summary(result, width=self._console.width)])

    def close(self) -> None:
        self._live.stop()

    def _running_jobs(self) -> "RenderableType":
        from rich.text import Text

        picture = Text(overflow="crop", no_wrap=True)
        for name, (began, last) in list(self._running.items()):
            seconds = time.monotonic() - began
            picture.append(encodable(f"{self._spinner(seconds)} {name:{self._longest}}  ", self._encoding), "cyan")
            picture.append(encodable(f"{seconds:4.0f} s  ", self._encoding))
            picture.append(encodable(f"{last}\n", self._encoding), "dim")
        picture.rstrip()
        return picture

    def _spinner(self, seconds: float) -> str:
        frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" if self._encoding.lower().replace("-", "") == "utf8" else "|/-\\"
        return frames[int(seconds * 8) % len(frames)]

    def _print(self, lines: "Iterator[Line] | list[Line]") -> None:
        from rich.text import Text

        for line in lines:
            self._console.print(Text(encodable(line.text, self._encoding), line.style), soft_wrap=True)
