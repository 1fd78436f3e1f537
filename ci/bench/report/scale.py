"""From ratios to places in a picture: the scale is logarithmic, so that twice as fast is as far as twice as slow."""

import math
from collections.abc import Iterable

from msgspec import Struct

#: Steps of the scale in per cent; the smallest that leaves room for the labels is taken.
_STEPS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_MOST_STEPS = 2  # on each side of "no change"


class Scale(Struct, frozen=True):
    """Ratios from ``low`` to ``high``."""

    low: float
    high: float

    def place(self, ratio: float) -> float:
        """Where a ratio is, from 0 (``low``) to 1 (``high``); those outside are at the end."""
        place = math.log(ratio / self.low) / math.log(self.high / self.low)
        return max(0.0, min(1.0, place))

    def ticks(self) -> list[float]:
        """Round ratios inside the scale, with 1 among them."""
        above = 100 * (self.high - 1)
        step = next((step for step in _STEPS if above < step * (_MOST_STEPS + 1)), _STEPS[-1])
        changes = [number * step / 100 for number in range(-_MOST_STEPS, _MOST_STEPS + 1)]
        return [1 + change for change in changes if change > -1 and self.low < 1 + change < self.high]


def around(ratios: Iterable[float], *, widest: float = math.inf) -> Scale:
    """A scale with "no change" in the middle that holds ``ratios``, but at most from 1/``widest`` to ``widest``."""
    farthest = max((abs(math.log(ratio)) for ratio in ratios), default=0.0)
    half = min(max(farthest * 1.08, math.log(1.005)), math.log(widest))
    return Scale(math.exp(-half), math.exp(half))
