"""What is going on while benchmarks are measured: one line on a terminal, renewed in place, gone at the end."""

import shutil
import sys
from typing import TextIO

from ci.bench.settings import Progress
from ci.visible import one_line


class ProgressLine:
    """Shows progress on ``stream`` where that is a terminal, and notes between."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._is_lively = self._stream.isatty()

    def watch(self, progress: Progress) -> None:
        """Show where measuring is."""
        counted = f"{progress.decided} of {progress.total} decided, " if progress.total else ""
        self._write(f"{counted}{progress.seconds:.0f} s: {progress.step} {progress.id}")

    def say(self, text: str) -> None:
        """Leave a line for good."""
        self.clear()
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        self._write("")

    def _write(self, text: str) -> None:
        if self._is_lively:
            shown = one_line(text)[: shutil.get_terminal_size().columns - 1]
            self._stream.write(f"\r{shown}\x1b[K")
            self._stream.flush()
