"""Slow drift is found and placed; a history without any names none, however noisy it is."""

from ci.bench import drift
from ci.bench.history import History
from tests.ci.bench.histories import commit, drifting, run, simulated, step


def steps(*ratios: float) -> History:
    """A history without noise but that of the intervals: a ratio per commit, the first of commit 1."""
    return History(runs=tuple(run(number, [step(ratio)]) for number, ratio in enumerate(ratios, 1)))


STILL = [1.001, 0.999] * 5


def test_the_commits_of_a_drift_are_named() -> None:
    (found,) = drift.drifts(drifting())
    assert found.id == "tests/test_app.py::test_home"
    assert (found.since, found.before, found.until) == (commit(20), commit(19), commit(29))
    assert found.commits == 10
    assert 1.09 < found.ratio < 1.12


def test_of_a_thousand_histories_without_drift_at_most_ten_name_one() -> None:
    """Three readings a commit that scatter by 1 %, which is what a busy machine does."""
    histories = (simulated(24, lambda _number: 0.0, noise=0.01, seed=seed) for seed in range(1000))
    assert sum(bool(drift.drifts(history)) for history in histories) <= 10


def test_one_per_cent_a_commit_is_placed_within_two_commits() -> None:
    placed = 0
    for seed in range(50):
        history = simulated(40, lambda number: 0.01 if 20 <= number < 30 else 0.0, noise=0.004, seed=seed)
        for found in drift.drifts(history):
            placed += abs(int(found.since.id, 16) - 20) <= 2
    assert placed >= 48


def test_a_drift_that_was_made_up_for_is_not_named() -> None:
    assert len(drift.drifts(steps(*STILL, *[1.01] * 10, *STILL))) == 1
    assert drift.drifts(steps(*STILL, *[1.01] * 10, *STILL, 0.9)) == ()


def test_what_is_left_of_a_drift_is_said() -> None:
    (found,) = drift.drifts(steps(*STILL, *[1.02] * 10, *STILL, 0.93))
    assert 1.2 < found.ratio < 1.24 and 1.11 < found.now < 1.15


def test_becoming_faster_is_no_drift() -> None:
    assert drift.drifts(steps(*STILL, *[0.98] * 10, *STILL)) == ()


def test_less_than_the_tolerance_is_no_drift() -> None:
    assert drift.drifts(steps(*STILL, *[1.004] * 10, *STILL)) == ()


def test_a_single_jump_is_left_to_the_gate() -> None:
    assert drift.drifts(steps(*STILL, 1.3, *STILL)) == ()


def test_a_small_bias_of_the_gate_never_adds_up_to_a_drift() -> None:
    assert drift.drifts(steps(*[1.001] * 200)) == ()


def test_a_drift_across_a_gap_is_named() -> None:
    runs = steps(*STILL, *[1.01] * 10, *STILL).runs
    (found,) = drift.drifts(History(runs=runs[:14] + runs[15:]))
    assert (found.since, found.commits) == (commit(11), 9)


def test_a_few_commits_say_nothing() -> None:
    assert drift.drifts(steps(1.0, 1.04, 1.04, 1.04)) == ()
    assert drift.drifts(History()) == ()
