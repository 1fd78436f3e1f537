"""Growing pauses between looks, within a time limit; and looks that survive a restart of the server."""

import math
from collections.abc import Callable
from typing import TypeVar

from ci.jenkins.errors import Unavailable
from ci.jenkins.limits import Deadline
from ci.jenkins.transport import Transport

Answer = TypeVar("Answer")

#: How long a server may be away, in seconds, where the caller set no limit: a restart with many jobs takes minutes.
OUTAGE = 900.0
GROWTH = 1.5


class Pauses:
    """Pauses of ``first`` seconds, each 1.5 times as long as the one before, up to ``longest``.

    They end with the client's deadline, or ``timeout`` seconds from now if that is sooner.
    """

    def __init__(self, client: Transport, *, first: float, longest: float, timeout: float = math.inf) -> None:
        self._client = client
        self._first, self._next, self._longest = first, first, longest
        own = Deadline(client.clock() + timeout, timeout, client.clock)
        self._deadline = own if own.end < client.deadline.end else client.deadline

    @property
    def over(self) -> bool:
        """Whether the time limit has come."""
        return self._deadline.left <= 0.0

    def again_short(self) -> None:
        """Begin with the first pause again."""
        self._next = self._first

    def following(self) -> float:
        """How long the next pause is; the one after that is longer."""
        following, self._next = self._next, min(self._next * GROWTH, self._longest)
        return following

    def pause(self) -> None:
        """Sleep, but not beyond the time limit."""
        self.sleep(self.following())

    def sleep(self, seconds: float) -> None:
        """Sleep that long, but not beyond the time limit."""
        self._client.sleep(min(seconds, self._deadline.left))


def patiently(client: Transport, ask: Callable[[], Answer]) -> Answer:
    """What ``ask`` returns, however often the server is unavailable before, until the client's time is over."""
    outage = Pauses(client, first=1.0, longest=10.0, timeout=OUTAGE)
    while True:
        try:
            return ask()
        except Unavailable as error:
            if outage.over or error.lasting:
                raise
            outage.pause()
