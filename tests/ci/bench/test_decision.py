"""When the gate has seen enough, and how often it is wrong: synthetic readings only."""

import random
from collections import Counter
from math import log

import pytest

from ci.bench.decision import MOST, Evidence, judge


def judged(*readings: float, tolerance: float = 0.05) -> str:
    """What is said of one benchmark whose pairs read these percentages slower."""
    evidence = Evidence(tuple(log(1 + reading / 100) for reading in readings), tolerance)
    return judge({"one": evidence})["one"].state


def test_two_pairs_say_nothing() -> None:
    assert judged(0.0, 0.1) == judged(90, 91) == "open"


def test_three_pairs_clear_what_is_far_below_the_limit() -> None:
    assert judged(0.2, -0.4, 0.1) == "same"
    assert judged(-20.1, -20, -19.8) == "faster"


def test_a_suspicion_is_no_answer_until_fresh_pairs_confirm_it() -> None:
    suspicion = (20.1, 19.9, 20.0)
    assert judged(*suspicion) == "suspected"
    assert judged(*suspicion, 20.1, 19.9, 20.2) == "suspected"
    assert judged(*suspicion, 20.1, 19.9, 20.2, 20) == "slower"


def test_a_suspicion_that_fresh_pairs_refute_is_dropped() -> None:
    assert judged(20.1, 19.9, 20.0, 0.1, -0.3, 0.2) == "same"


def test_what_stays_at_the_limit_is_given_up() -> None:
    assert judged(*([4, 6] * (MOST // 2))) == "unsure"


def test_a_late_suspicion_is_looked_at_as_often_as_an_early_one() -> None:
    """It takes more pairs than those after which a benchmark without a suspicion is given up."""
    late = [2, 8, 2, 8, 5] * 4 + [9, 10, 9, 10, 9, 6, 9, 6]
    assert judged(*late) == "suspected"
    assert judged(*late, *[9, 6] * 5) == "suspected"
    assert judged(*late, *[9, 6] * 6) == "slower"
    assert len(late) + 12 > MOST


def test_a_suspicion_that_no_look_confirms_is_given_up_after_the_last() -> None:
    assert judged(20, 20, 20.1, *[4, 6.5] * 11) == "suspected"
    assert judged(20, 20, 20.1, *[4, 6.5] * 12) == "unsure"


def test_more_benchmarks_need_more_evidence() -> None:
    """Four fresh pairs that are enough for one benchmark are not for one of a thousand (Holm)."""
    slow = Evidence(tuple(log(1 + x / 100) for x in (9.0, 9.1, 9.2, 9.0, 8.6, 9.4, 9.1)), 0.05)
    fine = Evidence((0.0, 0.001, -0.001), 0.05)
    assert judge({"slow": slow})["slow"].state == "slower"
    suite = {"slow": slow} | {f"fine {n}": fine for n in range(999)}
    assert judge(suite)["slow"].state == "suspected"


def test_one_of_ten_thousand_can_still_fail() -> None:
    """The table of probabilities reaches far enough, or a large suite would have a gate that is always open."""
    slow = Evidence(tuple(log(1 + x / 100) for x in [20, 20.1, 19.9] * 5), 0.05)
    fine = Evidence((0.0, 0.001, -0.001), 0.05)
    assert judge({"slow": slow} | {f"fine {n}": fine for n in range(9_999)})["slow"].state == "slower"


def campaign(
    dice: random.Random, *, true: float, tolerance: float, benchmarks: int = 1, drift: float = 0.01
) -> Counter[str]:
    """The answers of one comparison whose pairs drift by ``drift``, one in twenty of them by five times that."""
    readings: dict[str, list[float]] = {str(number): [] for number in range(benchmarks)}
    states = dict.fromkeys(readings, "open")
    while wanted := [name for name, state in states.items() if state in ("open", "suspected")]:
        for name in wanted:
            spread = drift * (5 if dice.random() < 0.05 else 1)
            readings[name].append(log(1 + true) + dice.gauss(0, spread))
        verdicts = judge({name: Evidence(tuple(read), tolerance) for name, read in readings.items()})
        states = {name: verdict.state for name, verdict in verdicts.items()}
    return Counter(states.values())


def campaigns(number: int, *, true: float, tolerance: float, benchmarks: int = 1) -> Counter[str]:
    dice = random.Random(20261122)
    total: Counter[str] = Counter()
    for _ in range(number):
        total += campaign(dice, true=true, tolerance=tolerance, benchmarks=benchmarks)
    return total


@pytest.mark.parametrize("benchmarks", [1, 20])
def test_nothing_changed_never_fails(benchmarks: int) -> None:
    assert campaigns(200 // benchmarks, true=0, tolerance=0.05, benchmarks=benchmarks)["slower"] == 0


def test_at_the_very_limit_one_in_a_hundred_fails_at_most() -> None:
    """The worst case that is still innocent."""
    assert campaigns(20, true=0.05, tolerance=0.05)["slower"] <= 1


@pytest.mark.parametrize(("true", "tolerance", "least"), [(0.10, 0.05, 99), (0.05, 0.02, 95)])
def test_a_slowdown_is_found(true: float, tolerance: float, least: int) -> None:
    assert campaigns(100, true=true, tolerance=tolerance)["slower"] >= least
