"""What a few readings say about the ratio behind them: Student's t, with the process pair as the unit that varies.

The turns inside a pair are not independent: memory layout, hash seed and the order of start move a whole pair by about
1 %. So a pair gives one reading, the median of the log ratios of its turns, and only the spread between pairs counts.
With three to ten of them a bootstrap is too narrow (of three values it can't see beyond the largest), and a sign test
can't reach the small probabilities that many benchmarks need. Student's t is exact for normal readings and errs on the
quiet side for those with heavier tails; the tests simulate both.
"""

import statistics
from collections.abc import Sequence
from math import exp, sqrt

from ci.bench.results import Interval

#: One-sided probabilities of the columns of CRITICAL. The smallest let one of ten thousand benchmarks fail (Holm).
PROBABILITIES = (0.05, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001, 0.00005, 0.00002, 0.00001,
                 0.000001, 0.0000001)

#: scipy.stats.t.isf(probability, degrees) of SciPy 1.17.1, a row for each number of degrees of freedom from 1.
CRITICAL = (
    (6.314, 31.821, 63.657, 159.153, 318.309, 636.619, 1591.549, 3183.099, 6366.198, 15915.494, 31830.989,
     318309.886, 3183098.862),
    (2.920, 6.965, 9.925, 15.764, 22.327, 31.599, 49.985, 70.700, 99.992, 158.109, 223.603, 707.106, 2236.068),
    (2.353, 4.541, 5.841, 8.053, 10.215, 12.924, 17.598, 22.204, 28.000, 38.029, 47.928, 103.299, 222.572),
    (2.132, 3.747, 4.604, 5.951, 7.173, 8.610, 10.915, 13.034, 15.544, 19.595, 23.332, 41.578, 73.986),
    (2.015, 3.365, 4.032, 5.030, 5.893, 6.869, 8.363, 9.678, 11.178, 13.496, 15.547, 24.771, 39.342),
    (1.943, 3.143, 3.707, 4.524, 5.208, 5.959, 7.074, 8.025, 9.082, 10.669, 12.032, 17.830, 26.287),
    (1.895, 2.998, 3.499, 4.207, 4.785, 5.408, 6.311, 7.063, 7.885, 9.089, 10.103, 14.241, 19.934),
    (1.860, 2.896, 3.355, 3.991, 4.501, 5.041, 5.811, 6.442, 7.120, 8.098, 8.907, 12.110, 16.321),
    (1.833, 2.821, 3.250, 3.835, 4.297, 4.781, 5.461, 6.010, 6.594, 7.424, 8.102, 10.720, 14.041),
    (1.812, 2.764, 3.169, 3.716, 4.144, 4.587, 5.202, 5.694, 6.211, 6.939, 7.527, 9.752, 12.492),
    (1.796, 2.718, 3.106, 3.624, 4.025, 4.437, 5.004, 5.453, 5.921, 6.574, 7.097, 9.043, 11.382),
    (1.782, 2.681, 3.055, 3.550, 3.930, 4.318, 4.847, 5.263, 5.694, 6.291, 6.765, 8.504, 10.551),
    (1.771, 2.650, 3.012, 3.489, 3.852, 4.221, 4.721, 5.111, 5.513, 6.065, 6.501, 8.082, 9.909),
    (1.761, 2.624, 2.977, 3.438, 3.787, 4.140, 4.616, 4.985, 5.363, 5.881, 6.287, 7.743, 9.400),
    (1.753, 2.602, 2.947, 3.395, 3.733, 4.073, 4.528, 4.880, 5.239, 5.727, 6.109, 7.464, 8.986),
    (1.746, 2.583, 2.921, 3.358, 3.686, 4.015, 4.454, 4.791, 5.134, 5.598, 5.959, 7.233, 8.645),
    (1.740, 2.567, 2.898, 3.326, 3.646, 3.965, 4.390, 4.714, 5.044, 5.488, 5.832, 7.036, 8.358),
    (1.734, 2.552, 2.878, 3.298, 3.610, 3.922, 4.334, 4.648, 4.966, 5.393, 5.722, 6.869, 8.115),
    (1.729, 2.539, 2.861, 3.273, 3.579, 3.883, 4.285, 4.590, 4.897, 5.310, 5.627, 6.723, 7.905),
    (1.725, 2.528, 2.845, 3.251, 3.552, 3.850, 4.241, 4.539, 4.837, 5.237, 5.543, 6.597, 7.723),
    (1.721, 2.518, 2.831, 3.231, 3.527, 3.819, 4.203, 4.493, 4.784, 5.172, 5.469, 6.485, 7.564),
    (1.717, 2.508, 2.819, 3.214, 3.505, 3.792, 4.168, 4.452, 4.736, 5.114, 5.402, 6.386, 7.423),
    (1.714, 2.500, 2.807, 3.198, 3.485, 3.768, 4.137, 4.415, 4.693, 5.062, 5.343, 6.297, 7.297),
    (1.711, 2.492, 2.797, 3.183, 3.467, 3.745, 4.109, 4.382, 4.654, 5.015, 5.290, 6.218, 7.185),
    (1.708, 2.485, 2.787, 3.170, 3.450, 3.725, 4.083, 4.352, 4.619, 4.973, 5.241, 6.146, 7.084),
    (1.706, 2.479, 2.779, 3.158, 3.435, 3.707, 4.060, 4.324, 4.587, 4.934, 5.197, 6.081, 6.993),
    (1.703, 2.473, 2.771, 3.147, 3.421, 3.690, 4.038, 4.299, 4.558, 4.899, 5.157, 6.021, 6.910),
    (1.701, 2.467, 2.763, 3.136, 3.408, 3.674, 4.018, 4.275, 4.530, 4.866, 5.120, 5.967, 6.835),
    (1.699, 2.462, 2.756, 3.127, 3.396, 3.659, 4.000, 4.254, 4.506, 4.836, 5.086, 5.917, 6.765),
    (1.697, 2.457, 2.750, 3.118, 3.385, 3.646, 3.983, 4.234, 4.482, 4.808, 5.054, 5.871, 6.701),
)


def probability_above(readings: Sequence[float], limit: float) -> float:
    """How probable such readings are at most if the truth is not above ``limit``: the next larger of PROBABILITIES.

    1.0 if there are fewer than two readings, or they don't speak for it at the largest of them.
    """
    if len(readings) < 2:
        return 1.0
    above, error = statistics.fmean(readings) - limit, _error(readings)
    return min((p for p, t in zip(PROBABILITIES, _row(readings)) if above > t * error), default=1.0)


def probability_below(readings: Sequence[float], limit: float) -> float:
    """The same for a truth that is not below ``limit``."""
    return probability_above([-reading for reading in readings], -limit)


def interval(readings: Sequence[float], *, probability: float) -> Interval | None:
    """The ratio and the ends beyond which the truth is with ``probability`` (of PROBABILITIES) on either side.

    None if there are fewer than two readings.
    """
    if len(readings) < 2:
        return None
    middle = statistics.fmean(readings)
    half = _row(readings)[PROBABILITIES.index(probability)] * _error(readings)
    return Interval(exp(middle), exp(middle - half), exp(middle + half))


def _error(readings: Sequence[float]) -> float:
    return statistics.stdev(readings) / sqrt(len(readings))


def _row(readings: Sequence[float]) -> tuple[float, ...]:
    return CRITICAL[min(len(readings) - 1, len(CRITICAL)) - 1]
