"""Turns: both sides run the same benchmark for a few milliseconds each, again and again, never at the same time.

The noise of a busy machine lasts longer than a turn, so both see the same noise, and the ratio of two neighbours
cancels it.
"""

import math
import os
import random
import statistics
import time
from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from ci.bench.messages import Ready, Turn

#: Seconds that a turn should last by the benchmark's timer, and with its set-up may last (``pedantic``). A bit less
#: than what Linux lets a program run before the next one's turn, so that most turns are not interrupted.
TURN, LONGEST = 0.003, 0.05
#: From so many seconds on a call is trusted to tell its length, and to need no warming up.
CLEAR, SLOW = 0.001, 0.1
#: Turns of each side in a process pair at most, if the benchmark itself sets no limit; and turns before they count.
MOST, WARMING = 60, 2
#: Seconds, of which no call takes less; a timer that stands still says 0.
_LEAST = 1e-9
#: The processors that the turns may begin on; None where the system doesn't let us choose.
_PROCESSORS = (*sorted(os.sched_getaffinity(0)),) if hasattr(os, "sched_getaffinity") else (None,)


class Player(Protocol):
    """A side whose test waits for its turn."""

    def play(self, count: int, processor: int | None) -> Turn:
        """Run the benchmark ``count`` times, and begin on this processor."""


class Played(Struct, frozen=True):
    """What a process pair says about a benchmark: seconds per call of each side, turn by turn.

    ``count`` was how often a turn ran the benchmark, ``iterations`` how many calls that is.
    """

    count: int
    iterations: int
    seconds: dict[str, tuple[float, ...]]

    @property
    def reading(self) -> float:
        """The median of the log ratios of neighbouring turns: this is what the gate judges."""
        times = zip(self.seconds["base"], self.seconds["head"])
        return statistics.median(math.log(max(head, _LEAST) / max(base, _LEAST)) for base, head in times)


def take(
    players: Mapping[str, Player], ready: Mapping[str, Ready], *, count: int | None, until: float, dice: random.Random
) -> Played:
    """Let the players take turns, at least once, and then until ``until`` (of time.monotonic) at the latest.

    ``count`` is what an earlier pair ran in a turn, None to find out. ``dice`` decides who comes first each time.
    """
    iterations = next(iter(ready.values())).calls
    limits = [one.rounds for one in ready.values() if one.rounds is not None]
    most, first = MOST, None
    if limits:
        count = max(1, min(limits) // MOST)
        most = min(limits) // count
    elif count is None:
        count, first = _count(players, dice)
    if not limits and first is None:
        first = _warm_up(players, count, dice)
    rounds = [first] if first else []
    while not rounds or len(rounds) < most and time.monotonic() < until:
        rounds.append(_round(players, count, dice))
    calls = {name: count * one.calls for name, one in ready.items()}
    seconds = {name: tuple(turn[name].seconds / calls[name] for turn in rounds) for name in players}
    return Played(count, count * iterations, seconds)


def _round(players: Mapping[str, Player], count: int, dice: random.Random) -> dict[str, Turn]:
    order = list(players)
    dice.shuffle(order)
    processor = dice.choice(_PROCESSORS) if len(order) > 1 else None
    return {name: players[name].play(count, processor) for name in order}


def _warm_up(players: Mapping[str, Player], count: int, dice: random.Random) -> dict[str, Turn] | None:
    """Turns that don't count, unless they are too dear for that: then the first of them."""
    for _ in range(WARMING):
        turns = _round(players, count, dice)
        if max(turn.wall for turn in turns.values()) >= SLOW:
            return turns
    return None


def _count(players: Mapping[str, Player], dice: random.Random) -> tuple[int, dict[str, Turn] | None]:
    """How often to run the benchmark in a turn, on both sides. With it the first turns, where those are long enough."""
    count = 1
    while True:
        turns = _round(players, count, dice)
        seconds = max(turn.seconds for turn in turns.values())
        wall = max(turn.wall for turn in turns.values())
        if count == 1 and wall >= SLOW:
            return 1, turns
        if seconds >= CLEAR or wall >= LONGEST:
            break
        count *= 10 if seconds < CLEAR / 10 else math.ceil(CLEAR / seconds)
    return max(1, min(round(count * TURN / max(seconds, 1e-9)), round(count * LONGEST / wall))), None
