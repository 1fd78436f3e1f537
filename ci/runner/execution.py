"""The processes of one job: its steps one after the other, its time limit, and an end to all that it started."""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ci import process
from ci.runner import descendants
from ci.runner.interrupt import Interrupt

#: Seconds between SIGTERM and SIGKILL, for what doesn't end when it is asked to.
GRACE = 10.0
#: Seconds to wait for the system to end a process after SIGKILL.
_PATIENCE = 5.0
_CHUNK = 65_536
_CHUNKS_IN_PIPE = 16  # Linux: one by default, 16 at most without privilege (pipe(7))
_LONGEST_WAIT = 3600.0  # poll takes less than 25 days
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.001, 0.05


class TimeIsUp(Exception):
    """The job's time limit is reached."""


class Interrupted(Exception):
    """The run shall end."""


class Execution:
    """Runs the steps of one job. Both streams of every process go to ``feed``, in the order written.

    ``deadline`` is a time of ``time.monotonic()``.
    """

    def __init__(
        self, *, cwd: Path, env: Mapping[str, str], cookie: str, deadline: float, interrupt: Interrupt,
        feed: Callable[[bytes], None],
    ) -> None:
        self._cwd, self._env, self._cookie = cwd, env, cookie
        self._deadline, self._interrupt, self._feed = deadline, interrupt, feed
        self._pipe, self._writing_end = os.pipe()
        self._groups: set[int] = set()

    def step(self, script: Path) -> int:
        """Run a script with ``sh -e`` and return its exit code (128 + signal if one ended it).

        Its background processes go on. Raises TimeIsUp or Interrupted; then ``end()`` ends what still runs.
        """
        if self._interrupt.signal:
            raise Interrupted
        shell = process.start(["/bin/sh", "-e", str(script)], cwd=self._cwd, env=self._env, output=self._writing_end)
        self._groups.add(shell.pid)
        with _end_of(shell) as ended:
            self._wait_for(ended)
        if not descendants.has_members(shell.pid):
            self._groups.remove(shell.pid)  # the system may now give this number to somebody else
        return shell.returncode if shell.returncode >= 0 else 128 - shell.returncode

    def _wait_for(self, ended: int) -> None:
        """Pass output on until the file descriptor ``ended`` says that the step is over."""
        waiting = select.poll()
        for descriptor in (self._pipe, ended, self._interrupt.fd):
            waiting.register(descriptor, select.POLLIN)
        while True:
            left = self._deadline - time.monotonic()
            ready = {descriptor for descriptor, _event in waiting.poll(min(max(left, 0), _LONGEST_WAIT) * 1000)}
            if self._interrupt.fd in ready:
                raise Interrupted
            if left <= 0:
                raise TimeIsUp
            if self._pipe in ready:
                self._feed(os.read(self._pipe, _CHUNK))
            if ended in ready:
                return self._drain(0)

    def end(self, *, grace: float = GRACE) -> int:
        """End every process of the job that is left, politely for ``grace`` seconds; pass on their last output.

        Returns how many there were.
        """
        asked: set[int] = set()
        pause, deadline = _SHORTEST_PAUSE, time.monotonic() + grace
        while left := descendants.alive(self._cookie, self._groups):
            late = time.monotonic() > deadline or self._interrupt.is_forced
            descendants.send(left if late else left - asked, signal.SIGKILL if late else signal.SIGTERM)
            asked |= left
            if time.monotonic() > deadline + _PATIENCE:
                break  # not even SIGKILL ends a process that waits for a broken disk
            self._drain_if_possible(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
        self._drain_if_possible(0)
        return len(asked)

    def _drain_if_possible(self, seconds: float) -> None:
        """``_drain``, or a pause: also where output can't be kept any more, on a full disk, the processes shall end."""
        try:
            self._drain(seconds)
        except OSError:
            time.sleep(seconds)

    def _drain(self, seconds: float) -> None:
        """Pass on what is in the pipe, and what comes within ``seconds``; at most a pipe full where it never ends."""
        until = time.monotonic() + seconds
        waiting = select.poll()
        waiting.register(self._pipe, select.POLLIN)
        for _chunk in range(_CHUNKS_IN_PIPE):
            if not waiting.poll(max(until - time.monotonic(), 0) * 1000):
                return
            self._feed(os.read(self._pipe, _CHUNK))

    def close(self) -> None:
        """Free the file descriptors."""
        os.close(self._pipe)
        os.close(self._writing_end)


@contextmanager
def _end_of(shell: "subprocess.Popen[bytes]") -> Iterator[int]:
    """A file descriptor that becomes readable when the process has ended. (Only Linux has one ready: a pidfd.)"""
    reading_end, writing_end = os.pipe()

    def wait() -> None:
        shell.wait()
        os.close(writing_end)

    waiter = threading.Thread(target=wait, daemon=True)
    waiter.start()
    try:
        yield reading_end
        waiter.join()
    finally:
        os.close(reading_end)
