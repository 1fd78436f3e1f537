"""Histories as the gate would have written them: three readings per commit, an interval around their mean."""

import math
import random
from collections.abc import Callable, Sequence

from ci.bench.history import History
from ci.bench.results import Commit, Comparison, Interval, Result

#: Student's t for a one-sided probability of 1 % and three readings, as in ci/bench/interval.py.
_STUDENT = 6.965


def commit(number: int) -> Commit:
    """The commit with this number on the branch."""
    return Commit(name="main", id=f"{number:040x}")


def run(number: int, results: Sequence[Result], *, base: int | None = None, minute: int | None = None) -> Comparison:
    """What a run found about commit ``number`` and the one before."""
    minute = number if minute is None else minute
    return Comparison(
        base=commit(number - 1 if base is None else base), head=commit(number), results=tuple(results), seconds=40.0,
        time=f"2026-11-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00+00:00", machine="2 cores",
    )


def step(ratio: float, *, name: str = "test_home") -> Result:
    """One benchmark that changed by ``ratio``, known to 1 %."""
    return Result(
        id=f"tests/test_app.py::{name}", group=None, answer="same", tolerance=0.05,
        interval=Interval(ratio, ratio * 0.99, ratio * 1.01),
    )


def measured(change: float, noise: float, numbers: random.Random, *, name: str = "test_home") -> Result:
    """One benchmark whose log time changed by ``change``, as three noisy readings tell."""
    readings = [change + numbers.gauss(0, noise) for _pair in range(3)]
    middle = sum(readings) / 3
    deviation = math.sqrt(sum((reading - middle) ** 2 for reading in readings) / 2)
    half = _STUDENT * deviation / math.sqrt(3)
    return Result(
        id=f"tests/test_app.py::{name}", group=None, answer="same", tolerance=0.05,
        interval=Interval(math.exp(middle), math.exp(middle - half), math.exp(middle + half)),
    )


def simulated(commits: int, change: Callable[[int], float], *, noise: float, seed: int) -> History:
    """A history of one benchmark; ``change`` says by which share the commit of a number changes it."""
    numbers = random.Random(seed)
    runs = (
        run(number, [measured(math.log1p(change(number)), noise, numbers)]) for number in range(1, commits + 1)
    )
    return History(runs=tuple(runs))


def drifting() -> History:
    """40 commits, two benchmarks; the first becomes 1 % slower with each of the commits 20 to 29."""
    numbers = random.Random(4)
    return History(runs=tuple(
        run(number, [
            measured(0.01 if 20 <= number < 30 else 0.0, 0.002, numbers),
            measured(0.0, 0.002, numbers, name="test_index"),
        ])
        for number in range(1, 41)
    ))
