"""Ctrl-C and its relatives: the first signal ends the jobs politely, the second one at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupt:
    """Whether the run shall end. ``fd`` becomes readable then, and stays so, for whoever waits with poll."""

    def __init__(self) -> None:
        self.fd, self._writing_end = os.pipe()
        self.signal = 0
        self.is_forced = False

    def request(self, number: int) -> None:
        """Ask for the end of the run because of signal ``number``; the second time without patience."""
        if self.signal:
            self.is_forced = True
        else:
            self.signal = number
            os.write(self._writing_end, b"!")

    def close(self) -> None:
        """Free the file descriptors."""
        os.close(self.fd)
        os.close(self._writing_end)


@contextmanager
def caught() -> Iterator[Interrupt]:
    """Turn signals into an Interrupt while a run lasts. A signal that is ignored (nohup) stays ignored."""
    interrupt = Interrupt()

    def handle(number: int, _frame: FrameType | None) -> None:
        interrupt.request(number)

    in_main_thread = threading.current_thread() is threading.main_thread()
    wanted = [number for number in _SIGNALS if in_main_thread and signal.getsignal(number) != signal.SIG_IGN]
    before = [(number, signal.signal(number, handle)) for number in wanted]
    try:
        yield interrupt
    finally:
        for number, handler in before:
            signal.signal(number, handler)
        interrupt.close()
