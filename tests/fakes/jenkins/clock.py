"""The time in which builds run: by steps, so that an hour takes no time, or real."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

#: 2026-11-18T11:06:40Z: every stepped scenario starts here.
START = 1_795_000_000.0


class Clock:
    """Stepped scenario time: it goes on when someone sleeps, and by ``step`` seconds with every request.

    ``now`` and ``sleep`` are meant to be handed to the client under test.
    """

    def __init__(self, *, step: float = 0.01) -> None:
        self.step = step
        self.slept: list[float] = []
        """How long each sleep was, in order."""
        self._now = START
        self._lock = threading.RLock()
        self._due: list[tuple[float, int, Callable[[], object]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Seconds since the epoch, in the scenario."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let ``seconds`` pass; what falls due on the way happens at its time."""
        self.slept.append(seconds)
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """As ``sleep``, but not noted in ``slept``: for tests."""
        with self._lock:
            end = self._now + max(seconds, 0.0)
            while self._due and self._due[0][0] <= end:
                when, _, action = heapq.heappop(self._due)
                self._now = max(self._now, when)
                action()
            self._now = max(self._now, end)

    def tick(self) -> None:
        """One request came in."""
        self.advance(self.step)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call ``action`` when ``seconds`` from now have passed."""
        with self._lock:
            heapq.heappush(self._due, (self._now + seconds, next(self._order), action))

    def close(self) -> None:
        """Let nothing more happen."""
        self._due.clear()


class RealClock(Clock):
    """Real time, for clients in a process of their own; ``speed`` 10 lets ten seconds pass in one."""

    def __init__(self, *, speed: float = 1.0) -> None:
        super().__init__(step=0.0)
        self.speed = speed
        self._began = time.monotonic()
        self._timers: list[threading.Timer] = []

    def now(self) -> float:
        """Seconds since the epoch, in the scenario."""
        return START + (time.monotonic() - self._began) * self.speed

    def advance(self, seconds: float) -> None:
        """Wait until ``seconds`` of the scenario have passed."""
        if seconds > 0:
            time.sleep(seconds / self.speed)

    def after(self, seconds: float, action: Callable[[], object]) -> None:
        """Call ``action`` when ``seconds`` from now have passed."""
        timer = threading.Timer(max(seconds, 0.0) / self.speed, action)
        timer.daemon = True
        self._timers.append(timer)
        timer.start()

    def close(self) -> None:
        """Let nothing more happen."""
        for timer in self._timers:
            timer.cancel()
