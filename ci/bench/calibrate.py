"""How often the gate would be wrong on this machine: the head measured against itself, unchanged and slowed down."""

from collections.abc import Callable

from msgspec import Struct

from ci.bench.measure import Progress, Settings, Side


class Trials(Struct, frozen=True, kw_only=True):
    """What was answered when a known ``slowdown`` (a share; 0 is none) was injected: how often each answer was given.

    A benchmark in one comparison counts as one answer. ``readings`` are the ratios read (1.10 is 10 % slower).
    """

    slowdown: float
    answers: dict[str, int]
    readings: tuple[float, ...]


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
    raise NotImplementedError
