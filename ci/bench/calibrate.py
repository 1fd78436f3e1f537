"""How often the gate would be wrong on this machine: the head measured against itself, unchanged and slowed down."""

from collections import Counter
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from ci.bench.measure import Progress, Settings, Side, compare
from ci.bench.results import Interval, Result

#: Tolerances that people choose from.
TOLERANCES = (0.01, 0.02, 0.03, 0.05, 0.08, 0.10, 0.15, 0.20, 0.30, 0.50)
#: The share of the comparisons in which a machine must hold a tolerance.
USUALLY = 0.95


class Trials(Struct, frozen=True, kw_only=True):
    """What was answered when a known ``slowdown`` (a share; 0 is none) was injected: how often each answer was given.

    A benchmark in one comparison counts as one answer. ``readings`` are the ratios read (1.10 is 10 % slower),
    ``highest`` the upper ends of their intervals.
    """

    slowdown: float
    answers: dict[str, int]
    readings: tuple[float, ...]
    highest: tuple[float, ...] = ()


class Calibration(Struct, frozen=True, kw_only=True):
    """What a machine can do. ``holds`` is the least tolerance (a share) that it can hold; None: not even 50 %."""

    tolerance: float
    trials: tuple[Trials, ...]
    holds: float | None


def calibrate(
    head: Side,
    settings: Settings,
    *,
    trials: int = 10,
    slowdowns: tuple[float, ...] = (0.0, 0.05, 0.10),
    watch: Callable[[Progress], None],
) -> Calibration:
    """Compare the head with itself ``trials`` times for each of the ``slowdowns``, which its process injects.

    Each trial is a whole comparison with the same ``settings`` as the gate's. Raises UsageError as ``compare`` does.
    """
    found = []
    for slowdown in slowdowns:
        answers: Counter[str] = Counter()
        intervals: list[Interval] = []
        for number in range(trials):
            step = f"{_words(slowdown)}, trial {number + 1} of {trials}:"
            results = _trial(head, settings, slowdown, lambda one: watch(_named(one, step)))
            answers.update(result.answer for result in results)
            intervals += [result.interval for result in results if result.interval]
        readings = tuple(interval.ratio for interval in intervals)
        highest = tuple(interval.high for interval in intervals)
        found.append(Trials(slowdown=slowdown, answers=dict(answers), readings=readings, highest=highest))
    return Calibration(tolerance=settings.tolerance, trials=tuple(found), holds=holds(found))


def holds(trials: Sequence[Trials]) -> float | None:
    """The least of TOLERANCES at which what is unchanged would nearly always have been seen to be so.

    That is where the upper ends of its intervals lie below it. None if no tolerance is enough, or nothing unchanged
    was measured.
    """
    highest = sorted(high - 1 for one in trials if not one.slowdown for high in one.highest)
    if not highest:
        return None
    most = highest[min(int(len(highest) * USUALLY), len(highest) - 1)]
    return next((tolerance for tolerance in TOLERANCES if most < tolerance), None)


def _trial(
    head: Side, settings: Settings, slowdown: float, watch: Callable[[Progress], None]
) -> tuple[Result, ...]:
    same = replace(head, name="base")
    return compare(same, head, replace(settings, slowdown=slowdown), report=None, watch=watch)


def _words(slowdown: float) -> str:
    return f"{slowdown:.0%} slower" if slowdown else "nothing changed"


def _named(progress: Progress, step: str) -> Progress:
    return replace(progress, step=f"{step} {progress.step}")
