"""What the runner tells whoever shows it to people. ``ci.report.terminal`` has the displays."""

import signal
from collections.abc import Callable
from typing import ParamSpec, Protocol

from ci.plan import Job
from ci.runner.interrupt import Interrupt
from ci.runner.results import JobResult, Result

Arguments = ParamSpec("Arguments")


class Display(Protocol):
    """Called from one thread only."""

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        """A run begins; ``jobs`` are those selected, in order."""

    def note(self, text: str) -> None:
        """Something about the run that people should know, in one line."""

    def job_started(self, job: Job) -> None:
        """A job begins."""

    def job_output(self, job: Job, text: str) -> None:
        """Whole lines of a job: masked, without control characters, each with its newline."""

    def job_finished(self, job: Job, result: JobResult, tail: tuple[str, ...]) -> None:
        """A job ended, or will not run; ``tail`` is the end of its output."""

    def finished(self, result: Result) -> None:
        """The run ended."""

    def close(self) -> None:
        """Give the terminal back, whatever happened."""


class Guarded:
    """A display whose reader may go away (a closed terminal, ``| head``): it falls silent, and the run ends."""

    def __init__(self, display: Display, interrupt: Interrupt) -> None:
        self._interrupt, self._is_gone = interrupt, False
        self.started = self._guard(display.started)
        self.note = self._guard(display.note)
        self.job_started = self._guard(display.job_started)
        self.job_output = self._guard(display.job_output)
        self.job_finished = self._guard(display.job_finished)
        self.finished = self._guard(display.finished)
        self.close = self._guard(display.close)

    def _guard(self, show: Callable[Arguments, None]) -> Callable[Arguments, None]:
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
            if not self._is_gone:
                try:
                    show(*args, **kwargs)
                except OSError:
                    self._is_gone = True
                    self._interrupt.request(signal.SIGPIPE)

        return guarded
