"""`ci run` on a terminal: a line for each running job, renewed in place, and a line for each finished one."""

import time
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console
from rich.live import Live as LivePart
from rich.text import Text

from ci.plan import Job
from ci.report.run_lines import Line, encodable, end_of_output, heading, row, summary
from ci.runner.results import JobResult, Result

_RENEWALS_PER_SECOND = 8


class Live:
    """Output of jobs is folded to its last line; the end of it is shown for jobs that failed."""

    def __init__(self, stream: TextIO) -> None:
        self._encoding = stream.encoding or "utf-8"
        self._running: dict[str, tuple[float, str]] = {}
        self._longest = 0
        self._tails: list[Line] = []
        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._live = LivePart(
            get_renderable=self._picture, console=self._console, refresh_per_second=_RENEWALS_PER_SECOND,
            transient=True, redirect_stdout=False, redirect_stderr=False,
        )

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        self._longest = max((len(job.name) for job in jobs), default=0)
        self._print([Line(heading(commit, dirty=dirty, jobs=jobs), "bold")])
        self._live.start()

    def note(self, text: str) -> None:
        self._print([Line(f"note: {text}", "yellow")])

    def job_started(self, job: Job) -> None:
        self._running[job.name] = (time.monotonic(), "")

    def job_output(self, job: Job, text: str) -> None:
        began, _last = self._running[job.name]
        self._running[job.name] = (began, text[:-1].rpartition("\n")[2].expandtabs(1).strip())

    def job_finished(self, job: Job, result: JobResult, tail: tuple[str, ...]) -> None:
        self._running.pop(job.name, None)
        self._print(row(result, self._longest, self._console.width))
        if result.failed:
            self._tails += end_of_output(result, tail)

    def finished(self, result: Result) -> None:
        self.close()
        width = self._console.width
        # Without a failure the lines of the finished jobs are the table already.
        lines = summary(result, width=width) if self._tails else summary(result, width=width, with_jobs=False)
        self._print([Line(""), *self._tails, *lines])

    def close(self) -> None:
        self._live.stop()

    def _picture(self) -> Text:
        picture = Text(overflow="crop", no_wrap=True)
        for name, (began, last) in list(self._running.items()):
            seconds = time.monotonic() - began
            picture.append(encodable(f"{self._spinner(seconds)} {name:{self._longest}}", self._encoding), "cyan")
            picture.append(encodable(f"  {seconds:6.0f} s", self._encoding))
            picture.append(encodable(f"  {last}\n", self._encoding), "dim")
        picture.rstrip()
        return picture

    def _spinner(self, seconds: float) -> str:
        frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏" if encodable("⠋", self._encoding) == "⠋" else "|/-\\"
        return frames[int(seconds * _RENEWALS_PER_SECOND) % len(frames)]

    def _print(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._console.print(Text(encodable(line.text, self._encoding), line.style), soft_wrap=True)
