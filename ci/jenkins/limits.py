"""Limits in time: when waiting ends, and how work that hangs is left."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple, TypeVar

Value = TypeVar("Value")

#: What threads are called that ask a server.
THREAD = "ci.jenkins request"
#: So long after a deadline, in seconds, an answer is still taken: the last look is when the deadline has come.
GRACE = 0.5


class Deadline(NamedTuple):
    """When waiting ends, by ``clock``; ``seconds`` is the limit that somebody gave, for messages."""

    end: float = math.inf
    seconds: float = math.inf
    clock: Callable[[], float] = time.monotonic

    @property
    def left(self) -> float:
        """Seconds until then; 0 when it is over."""
        return max(self.end - self.clock(), 0.0)

    @property
    def for_an_answer(self) -> float:
        """Seconds that an answer may take now; 0 when none is waited for any more."""
        return max(self.end + GRACE - self.clock(), 0.0)

    def __str__(self) -> str:
        return f"the time limit of {self.seconds:g} s is over"


def within(seconds: float, work: Callable[[], Value], *, late: Callable[[Value | None], object]) -> Value:
    """What ``work`` returns or raises. Raises TimeoutError after ``seconds``.

    A socket's time limit is for every single byte, and there is none for looking up a name: this one is for all of it.
    ``work`` is then left in its thread, which ends with its connection, or with the program; ``late`` gets what it
    returned all the same, None if it raised.
    """
    if math.isinf(seconds):
        return work()
    outcome: Future[Value] = Future()
    threading.Thread(target=_settle, args=(outcome, work), name=THREAD, daemon=True).start()
    try:
        return outcome.result(min(seconds, threading.TIMEOUT_MAX))
    except TimeoutError:
        outcome.add_done_callback(lambda done: late(None if done.exception() else done.result()))
        raise


def _settle(outcome: Future[Value], work: Callable[[], Value]) -> None:
    try:
        outcome.set_result(work())
    except BaseException as error:
        outcome.set_exception(error)
