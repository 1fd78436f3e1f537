"""What a run says, line by line, for every kind of display."""

import textwrap
from collections.abc import Iterator

from msgspec import Struct

from ci.plan import Job
from ci.runner.results import JobResult, Result

#: Columns that a summary takes where there is no terminal whose width counts.
WIDE = 1_000
_NARROWEST = 20
_MARKS = {"success": "✓", "skipped": "-", "not-run": "-", "warning": "!"}
_COLOURS = {"success": "green", "skipped": "dim", "not-run": "dim", "warning": "yellow"}


class Line(Struct, frozen=True):
    """A line of text and the colour it has on a terminal that shows colours."""

    text: str
    style: str = ""


def summary(result: Result, *, width: int = WIDE, with_jobs: bool = True) -> Iterator[Line]:
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


def encodable(text: str, encoding: str) -> str:
    """Text that a stream of this encoding can take; marks become ASCII, other letters that it lacks question marks."""
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        ascii_marks = text.translate(str.maketrans("✓✗…·", "+x.."))
        return ascii_marks.encode(encoding, errors="replace").decode(encoding)
