"""Student's t with a table: what few readings say."""

import random
from math import log

import pytest

from ci.bench.interval import CRITICAL, PROBABILITIES, interval, probability_above, probability_below


def test_the_table_is_that_of_the_books() -> None:
    """Some values as NIST's Engineering Statistics Handbook prints them (1.3.6.7.2)."""
    column = {p: PROBABILITIES.index(p) for p in (0.05, 0.01, 0.005, 0.001)}
    assert CRITICAL[0][column[0.05]] == 6.314
    assert CRITICAL[4][column[0.01]] == 3.365
    assert CRITICAL[9][column[0.005]] == 3.169
    assert CRITICAL[29][column[0.001]] == 3.385


def test_the_table_falls_with_more_readings_and_rises_with_certainty() -> None:
    assert all(row == tuple(sorted(row)) for row in CRITICAL)
    assert all(column == tuple(sorted(column, reverse=True)) for column in zip(*CRITICAL))


def test_one_reading_says_nothing() -> None:
    assert interval([0.1], probability=0.01) is None
    assert probability_above([0.1], 0) == 1.0


def test_the_interval_is_around_the_geometric_mean() -> None:
    found = interval([log(1.1), log(1.2), log(1.3)], probability=0.01)
    assert found is not None
    assert round(found.ratio, 4) == round((1.1 * 1.2 * 1.3) ** (1 / 3), 4)
    assert found.low < found.ratio < found.high


def test_above_and_below_are_mirrors() -> None:
    readings = [0.10, 0.11, 0.09, 0.10]
    assert probability_above(readings, 0.05) == probability_below([-one for one in readings], -0.05) == 0.001
    assert probability_above(readings, 0.10) == 1.0


@pytest.mark.parametrize("pairs", [3, 4, 8])
@pytest.mark.parametrize("tails", [False, True])
def test_it_is_wrong_as_rarely_as_it_says(pairs: int, tails: bool) -> None:
    """2000 times readings whose truth is the limit, with normal and with heavy tails."""
    dice = random.Random(pairs)

    def reading() -> float:
        return dice.gauss(0, 0.01 * (5 if tails and dice.random() < 0.05 else 1))

    wrong = sum(probability_above([reading() for _ in range(pairs)], 0) <= 0.05 for _ in range(2000))
    assert wrong <= 2000 * 0.05 * 1.2  # the binomial's spread is a tenth
