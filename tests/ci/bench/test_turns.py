"""Turns of two sides, without processes."""

import math
import random
import time

import pytest

from ci.bench import turns
from ci.bench.messages import Ready, Turn


class Fake:
    """A benchmark of so many seconds a call; it notes what it is asked for."""

    def __init__(self, seconds: float, order: list[str], name: str) -> None:
        self.seconds, self.order, self.name = seconds, order, name
        self.counts: list[int] = []

    def play(self, count: int, processor: int | None) -> Turn:
        self.order.append(f"{self.name} {processor}")
        self.counts.append(count)
        return Turn(self.seconds * count, self.seconds * count)


def play(
    base: float, head: float, *, rounds: int | None = None, seconds: float = 60, count: int | None = None
) -> tuple[turns.Played, list[str], list[int]]:
    order: list[str] = []
    players = {name: Fake(time, order, name) for name, time in (("base", base), ("head", head))}
    played = turns.take(
        players, {name: Ready(None, 1, rounds) for name in players}, count=count, until=time.monotonic() + seconds,
        dice=random.Random(1),
    )
    assert players["base"].counts == players["head"].counts
    return played, order, players["base"].counts


def test_a_turn_is_as_long_as_said_on_the_slower_side() -> None:
    played, _order, counts = play(1e-5, 2e-5)
    assert (played.count, len(played.seconds["head"])) == (150, turns.MOST)
    assert set(counts[-turns.MOST:]) == {150}
    assert played.reading == pytest.approx(math.log(2))


def test_a_call_that_is_longer_than_a_turn_is_one_turn() -> None:
    assert play(0.01, 0.01)[0].count == 1


@pytest.mark.parametrize("count", [None, 1])
def test_a_slow_call_counts_from_the_first(count: int | None) -> None:
    played, _order, counts = play(3.0, 3.0, seconds=0, count=count)
    assert counts == [1] and played.seconds == {"base": (3.0,), "head": (3.0,)}


def test_without_setup_pedantic_runs_as_often_as_it_says_and_no_more() -> None:
    assert play(1e-6, 1e-6, rounds=1)[2] == [1]
    assert play(1e-6, 1e-6, rounds=10)[2] == [1] * 10
    assert play(1e-6, 1e-6, rounds=1000)[2] == [16] * 62


def test_the_count_of_the_first_pair_stays() -> None:
    assert set(play(1e-5, 1e-5, count=7)[2]) == {7}


def test_who_is_first_is_left_to_chance_and_both_begin_on_the_same_processor() -> None:
    _played, order, _counts = play(0.01, 0.01)
    rounds = list(zip(order[::2], order[1::2]))
    assert {first.split()[0] for first, _second in rounds} == {"base", "head"}
    assert all(first.split()[1] == second.split()[1] for first, second in rounds)
