"""Run one slow program and show on a terminal that it is alive: one line, written over and over, gone at the end.

Standard library only, since the first programs run before anything is installed.
"""

import os
import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from typing import NamedTuple


class Finished(NamedTuple):
    """How a program ended, and all that it wrote."""

    code: int
    output: str


def run(
    step: str, command: list[str], environment: Mapping[str, str], *, hold: int | None = None, cwd: str | None = None
) -> Finished:
    """Run ``command`` to its end, in the folder ``cwd``; ``step`` says on the terminal what is going on.

    ``hold``, a file descriptor, stays open in the program, so that a lock on it outlives this process. If this
    process is interrupted, the program is ended first. A command that can't be started counts as exit code 127.
    """
    try:
        program = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment,
            pass_fds=() if hold is None else (hold,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
    except OSError as error:
        return Finished(127, f"{command[0]}: {error.strerror}")
    with program:
        try:
            output = _follow(program, step)
        except BaseException:
            program.terminate()
            raise
    return Finished(program.returncode, output)


def _follow(program: "subprocess.Popen[bytes]", step: str) -> str:
    assert program.stdout is not None
    pipe, started, output = program.stdout.fileno(), time.monotonic(), b""
    lively = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    while True:
        if select.select([pipe], [], [], 0.2 if lively else None)[0]:
            chunk = os.read(pipe, 65536)
            if not chunk:
                break
            output += chunk
        if lively and time.monotonic() - started > 0.2:
            _show(f"{step}, {time.monotonic() - started:.0f} s", output)
    if lively:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
    return output.decode(errors="replace")


def _show(text: str, output: bytes) -> None:
    """Overwrite the live line with ``text`` and the end of the program's last line."""
    last = output.decode(errors="replace").strip().rpartition("\n")[2]
    line = re.sub(r"[^ -~]", "", f"ci: {text}  {last}")
    sys.stderr.write("\r" + line[: shutil.get_terminal_size().columns - 1] + "\x1b[K")
    sys.stderr.flush()
