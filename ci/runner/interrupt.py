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
        self._is_raised = False

    def request(self, number: int) -> None:
        """Ask for the end of the run because of signal ``number``; the second time without patience."""
        if self.signal:
            self.is_forced = True
        else:
            self.signal = number
            os.write(self._writing_end, b"!")
            if self._is_raised:
                raise KeyboardInterrupt

    @contextmanager
    def raised(self) -> Iterator[None]:
        """Inside, the first signal is a KeyboardInterrupt wherever the program is; outside it is only noted.

        So what is made before and removed after is neither half made nor half removed.
        """
        self._is_raised = True
        try:
            if self.signal:
                raise KeyboardInterrupt
            yield
        finally:
            self._is_raised = False

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
