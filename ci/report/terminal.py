"""What `ci run` looks like: a live picture on a terminal, plain lines anywhere else, the same summary on both."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from typing import TextIO

from msgspec import Struct

from ci.plan import Job
from ci.runner.display import Display
from ci.runner.results import JobResult, Result

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
        from ci.report.live import Live  # rich is slow to import, and only needed here

        return Live(stream)
    return Plain(stream)


def summary(result: Result, *, width: int = _WIDE, with_jobs: bool = True) -> Iterator[Line]:
    """The table of jobs, the totals, and what jobs left to say."""
    longest = max((len(job.name) for job in result.jobs), default=0)
    if with_jobs and result.jobs:
        for job in result.jobs:
            yield from row(job, longest, width)
        yield Line("")
    yield Line(totals(result), "bold green" if result.result == "success" else "bold red")
    for line in "\n".join(result.notices).splitlines():
        yield Line(line, "bold")


def outcome(job: JobResult) -> str:
    """The word for a job's result."""
    return "warning" if job.allowed else job.result


def row(job: JobResult, longest: int, width: int) -> Iterator[Line]:
    """A job's row of the table; its note goes below where ``width`` columns are too few. ``longest``: of all names."""
    word = outcome(job)
    seconds = f"{job.seconds:.1f} s" if job.log else ""
    text = f"{_MARKS.get(word, '✗')} {job.name:{longest}}  {word:9}  {seconds:>8}"
    style = _COLOURS.get(word, "red")
    if not job.note or len(text) + 2 + len(job.note) <= width:
        yield Line(f"{text}  {job.note}".rstrip(), style)
        return
    yield Line(text.rstrip(), style)
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


def end_of_output(result: JobResult, tail: tuple[str, ...]) -> Iterator[Line]:
    """The end of a failed job's output."""
    yield Line(f"{result.name}: end of {result.log}", "bold red")
    for line in tail:
        yield Line(f"  {line}")
    yield Line("")


def heading(commit: str, *, dirty: bool, jobs: tuple[Job, ...]) -> str:
    """What a run is about."""
    changes = " with the changes of the working tree" if dirty else ""
    return f"{len(jobs)} job{'' if len(jobs) == 1 else 's'}, commit {commit[:10]}{changes}"


class Plain:
    """Lines of text, each with the name of its job in front; nothing is written over. Also for `--verbose`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._encoding = stream.encoding or "utf-8"
        self._tails: list[Line] = []

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        self._write(f"{heading(commit, dirty=dirty, jobs=jobs)}\n")

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
            self._tails += end_of_output(result, tail)

    def finished(self, result: Result) -> None:
        width = shutil.get_terminal_size().columns if self._stream.isatty() else _WIDE
        lines = [Line(""), *self._tails, *summary(result, width=width)]
        self._write("".join(f"{line.text}\n" for line in lines))

    def close(self) -> None:
        pass

    def _write(self, text: str) -> None:
        try:
            self._stream.write(encodable(text, self._encoding))
            self._stream.flush()
        except BrokenPipeError:
            # Python tries to write the rest at its exit and would spoil the exit code (docs: "Note on SIGPIPE").
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())
            raise


def encodable(text: str, encoding: str) -> str:
    """Text that a stream of this encoding can take; marks become ASCII, other letters that it lacks question marks."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        ascii_marks = text.translate(str.maketrans("✓✗…", "+x."))
        return ascii_marks.encode(encoding, errors="replace").decode(encoding)
