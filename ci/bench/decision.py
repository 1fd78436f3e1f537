"""When measuring may stop, and what to answer then. No clock, no process: readings go in, verdicts come out.

A benchmark is judged after every process pair. It is ``same`` or ``faster`` as soon as its interval ends below the
limit. When it begins above, that is a suspicion, and no more: it was allowed to happen at any of many looks, for any
of many benchmarks. Then only fresh pairs count. They are looked at a few times, at numbers fixed beforehand; each look
pays its part of the error that is allowed (Bonferroni), and so does each benchmark (Holm). So the probability that an
innocent commit is called slower is at most FALSE_ALARM for the whole suite, whatever led to the suspicion.
"""

from collections.abc import Mapping, Sequence
from math import log1p
from typing import Literal

from msgspec import Struct

from ci.bench.interval import interval, probability_above, probability_below
from ci.bench.results import Interval

#: How probable it may be that an innocent commit fails: for all benchmarks and looks together.
FALSE_ALARM = 0.01
#: From which evidence on a benchmark is suspected; a wrong suspicion costs a few pairs, nothing else.
SUSPICION = 0.05
#: From which evidence on it is as fast as before, or faster. Also the ends of the interval that is shown.
CLEARED = 0.01
#: A judgement needs as many pairs; after that many without a suspicion it is too near the limit to tell.
FEWEST, MOST = 3, 30
#: Numbers of fresh pairs at which a suspicion can become a failure. After the last it can't any more.
LOOKS = (4, 6, 8, 12, 16, 24)

State = Literal["open", "suspected", "slower", "same", "faster", "unsure"]


class Evidence(Struct, frozen=True):
    """The readings of a benchmark, log ratios in the order of the pairs, and its tolerance as a share."""

    readings: tuple[float, ...]
    tolerance: float


class Verdict(Struct, frozen=True):
    """What is known: ``open`` and ``suspected`` need more pairs. ``interval`` is of the readings that count."""

    state: State
    interval: Interval | None


def judge(suite: Mapping[str, Evidence]) -> dict[str, Verdict]:
    """The verdict on each benchmark of a suite. More pairs only for those that are open or suspected."""
    counted = {name: _counted(evidence) for name, evidence in suite.items()}
    confirmed = _confirmed({name: _probability(suite[name], readings) for name, readings in counted.items()})
    return {
        name: Verdict(
            "slower" if name in confirmed else _state(suite[name], readings), interval(readings, probability=CLEARED)
        )
        for name, readings in counted.items()
    }


def _suspected_after(evidence: Evidence) -> int | None:
    """After how many readings a suspicion arose."""
    limit = log1p(evidence.tolerance)
    counts = range(FEWEST, len(evidence.readings) + 1)
    return next((n for n in counts if probability_above(evidence.readings[:n], limit) <= SUSPICION), None)


def _counted(evidence: Evidence) -> tuple[float, ...]:
    """The readings that count: those after the suspicion, if there is one and they are enough to say anything."""
    after = _suspected_after(evidence)
    fresh = evidence.readings[after:] if after else ()
    return fresh if len(fresh) >= FEWEST else evidence.readings


def _probability(evidence: Evidence, readings: Sequence[float]) -> float:
    """How probable so high fresh readings would be in an innocent commit: the best of the looks, times their number."""
    if readings is evidence.readings:
        return 1.0
    limit = log1p(evidence.tolerance)
    looks = [probability_above(readings[:look], limit) for look in LOOKS if look <= len(readings)]
    return min(1.0, len(LOOKS) * min(looks, default=1.0))


def _confirmed(probabilities: Mapping[str, float]) -> set[str]:
    """Those that are below the false alarm rate even so (Holm, 1979)."""
    confirmed: set[str] = set()
    for name in sorted(probabilities, key=lambda name: probabilities[name]):
        if probabilities[name] * (len(probabilities) - len(confirmed)) > FALSE_ALARM:
            break
        confirmed.add(name)
    return confirmed


def _state(evidence: Evidence, readings: Sequence[float]) -> State:
    limit, after = log1p(evidence.tolerance), _suspected_after(evidence)
    fresh = readings is not evidence.readings
    if len(readings) >= FEWEST and (fresh or after is None):
        if probability_below(readings, -limit) <= CLEARED:
            return "faster"
        if probability_below(readings, limit) <= CLEARED:
            return "same"
    if len(evidence.readings) >= (after + LOOKS[-1] if after else MOST):
        return "unsure"
    return "suspected" if after else "open"
