"""Which display a stream gets: a live picture on a terminal, plain lines anywhere else."""

import os
import sys
from typing import TextIO

from ci.report.plain import Plain
from ci.runner.display import Display


def display(stream: TextIO | None = None, *, verbose: bool = False) -> Display:
    """The display that fits ``stream`` (default: standard output). ``verbose`` shows all output on a terminal too."""
    stream = stream or sys.stdout
    if stream.isatty() and not verbose and os.environ.get("TERM", "dumb") != "dumb":
        from ci.report.live import Live  # rich is slow to import, and only needed here

        return Live(stream)
    return Plain(stream)
