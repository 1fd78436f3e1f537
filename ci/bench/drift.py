"""Slow drift: many small steps, each within the tolerance, that add up.

Method: the logarithms of a benchmark's ratios add up along the branch. For every stretch of commits the sum is compared
with its standard error, and the stretch that stands out most is named if that would hardly ever happen by chance (a
scan for one changed segment, as in Olshen et al. 2004, "Circular binary segmentation", against the mean of no change).
"""

import math
from itertools import pairwise
from statistics import NormalDist, median

from msgspec import Struct

from ci.bench.history import History, Series, Step, series
from ci.bench.results import Commit

#: Of so many histories without any drift, at most this share may name one. For all benchmarks together.
FALSE_ALARMS = 0.01

#: Newest commits that are looked at. The scan takes time by the square of it.
MOST_COMMITS = 200

_FEWEST_COMMITS = 8

#: The gate itself may be wrong by this much per commit, always in the same direction; 200 commits would add that up.
_BIAS = 0.001

#: Half the width of the gate's interval for three pairs, in standard errors (ci/bench/interval.py). More pairs: less.
_STANDARD_ERRORS = 6.965
_SMALLEST_ERROR = 0.0005

#: From the median distance of normal readings from their middle to their standard deviation.
_TO_DEVIATION = 1 / NormalDist().inv_cdf(0.75)

#: A single commit counts for no more than this many errors: one wild reading is no drift, and a real jump is found by
#: the gate itself.
_MOST = 3.0


class Drift(Struct, frozen=True, kw_only=True):
    """A stretch of commits in which a benchmark became slower by more than its tolerance, and it still is.

    ``since`` is its first commit (give or take two), ``before`` the one before that, ``until`` its last commit.
    ``ratio`` is ``until`` compared with ``before``, ``now`` the newest commit compared with ``before``.
    """

    id: str
    since: Commit
    before: Commit
    until: Commit
    commits: int
    ratio: float
    now: float


def drifts(history: History) -> tuple[Drift, ...]:
    """At most one drift for each benchmark of the newest run."""
    every = series(history)
    return tuple(drift for one in every if (drift := _drift(one, benchmarks=len(every))))


def _drift(one: Series, *, benchmarks: int) -> Drift | None:
    steps = [step for step in one.steps if step.interval is not None][-MOST_COMMITS:]
    if len(steps) < _FEWEST_COMMITS:
        return None
    changes = [_change(step) for step in steps]
    found = _strongest(changes, _errors(steps, changes), least=math.log1p(one.tolerance), benchmarks=benchmarks)
    if found is None:
        return None
    first, last = found
    return Drift(
        id=one.id, since=steps[first].commit, before=steps[first].base, until=steps[last - 1].commit,
        commits=last - first, ratio=math.exp(sum(changes[first:last])), now=math.exp(sum(changes[first:])),
    )


def _strongest(changes: list[float], errors: list[float], *, least: float, benchmarks: int) -> tuple[int, int] | None:
    """First and behind-the-last index of the stretch of most standard errors, if they are enough.

    Only stretches that add up to ``least`` or more, of which at least half is left at the end.
    """
    count = len(changes)
    strongest, found = -NormalDist().inv_cdf(FALSE_ALARMS / (_looks(count) * benchmarks)), None
    counted = [max(-_MOST * error, min(_MOST * error, change)) - _BIAS for change, error in zip(changes, errors)]
    for first in range(count):
        total = evidence = variance = 0.0
        left = sum(changes[first:])
        for last in range(first, count):
            total += changes[last]
            evidence += counted[last]
            variance += errors[last] ** 2
            if total < least or left < total / 2:
                continue
            strength = evidence / math.sqrt(variance)
            if strength > strongest:
                strongest, found = strength, (first, last + 1)
    return found


def _looks(count: int) -> float:
    """Independent chances to be wrong among all stretches of ``count`` commits: most have nearly the same commits.

    Simulated for normal noise and 20, 60 and 200 commits: one history in 200 has a stretch that passes this.
    """
    return count * math.log2(count)


def _change(step: Step) -> float:
    assert step.interval is not None
    return math.log(step.interval.ratio)


def _errors(steps: list[Step], changes: list[float]) -> list[float]:
    """A standard error for each change.

    Neighbours differ by the noise alone, since a drift moves both: their differences show how noisy a benchmark is.
    The interval of one run says little about its own error where it comes from three readings. So a run counts for
    less where its interval is more than twice as wide as usual, and never for more because it is narrow.
    """
    between = _TO_DEVIATION * median(abs(one - other) for one, other in pairwise(changes)) / math.sqrt(2)
    within = [_half_width(step) / _STANDARD_ERRORS for step in steps]
    usual = max(between, median(within), _SMALLEST_ERROR) * (1 + 2 / len(steps))
    return [max(usual, error / 2) for error in within]


def _half_width(step: Step) -> float:
    assert step.interval is not None
    return math.log(step.interval.high / step.interval.low) / 2
