"""Signals that end a deployment."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def leaving_on_signal() -> Iterator[None]:
    """Make SIGTERM and SIGHUP, as an engine sends them to end a job, leave the block like an error.

    They raise SystemExit with 128 + the signal's number, so that what was begun is undone. A signal that the process
    ignores, or has a handler for, stays as it is; only the main thread may change what a signal does.
    """

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    is_main = threading.current_thread() is threading.main_thread()
    signals = [one for one in (signal.SIGTERM, signal.SIGHUP) if is_main and signal.getsignal(one) == signal.SIG_DFL]
    for one in signals:
        signal.signal(one, leave)
    try:
        yield
    finally:
        for one in signals:
            signal.signal(one, signal.SIG_DFL)
