"""`ci run` in a pipe, and with `--verbose`: lines of text, each with the name of its job in front."""

import os
import shutil
from typing import TextIO

from ci.plan import Job
from ci.report.run_lines import WIDE, Line, encodable, end_of_output, heading, outcome, summary
from ci.runner.results import JobResult, Result


class Plain:
    """Nothing is written over."""

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
        width = shutil.get_terminal_size().columns if self._stream.isatty() else WIDE
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
