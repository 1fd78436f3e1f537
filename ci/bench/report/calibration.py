"""What a calibration found, as a table."""

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from ci.bench.report import wording

if TYPE_CHECKING:
    from ci.bench.calibrate import Calibration, Trials

_HEAD = ("injected", "answers", "slower", "same", "unsure", "read (median, from, to)")


def table(found: "Calibration") -> Iterator[str]:
    """A row per slowdown that was injected, and which tolerance the machine can hold."""
    rows = [_HEAD, *(_row(trials) for trials in found.trials)]
    widths = [max(map(len, column)) for column in zip(*rows)]
    yield f"With a tolerance of {wording.share(found.tolerance)}:"
    yield ""
    yield from ("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
    yield ""
    if found.holds is None:
        yield "This machine is too busy for any tolerance: give it more time (--budget), or less to do beside."
    else:
        yield f"This machine can hold a tolerance of {wording.share(found.holds)}."


def _row(trials: "Trials") -> tuple[str, ...]:
    injected = f"{wording.share(trials.slowdown)} slower" if trials.slowdown else "nothing"
    counts = [str(trials.answers.get(answer, 0)) for answer in ("slower", "same", "unsure")]
    return injected, str(sum(trials.answers.values())), *counts, _readings(trials.readings)


def _readings(ratios: tuple[float, ...]) -> str:
    if not ratios:
        return ""
    return ", ".join(wording.change(ratio) for ratio in (median(ratios), min(ratios), max(ratios)))
