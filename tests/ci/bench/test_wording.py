"""Times, changes and answers as people read them."""

import pytest

from ci.bench.report import wording
from ci.bench.results import Commit
from tests.ci.bench import comparisons


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.0, "0.00 ns"), (4.2e-11, "0.04 ns"), (99.94e-9, "99.9 ns"), (0.9999e-6, "1.00 µs"), (9.996e-3, "10.0 ms"),
        (0.25, "250 ms"), (1.0, "1.00 s"), (59.96, "60.0 s"), (12345.6, "12,346 s"), (None, ""),
    ],
)
def test_a_time_has_three_digits_and_a_unit_that_fits(seconds: float | None, said: str) -> None:
    assert wording.time(seconds) == said


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (1.0, "0.0 %"), (0.99996, "0.0 %"), (1.0724, "+7.2 %"), (0.9, "-10.0 %"), (1.9999, "+100 %"),
        (25.0, "+2,400 %"),
    ],
)
def test_a_ratio_is_said_as_a_change(ratio: float, said: str) -> None:
    assert wording.change(ratio) == said


@pytest.mark.parametrize(
    ("node", "file", "name"),
    [
        ("tests/test_a.py::TestB::test_c[x]", "tests/test_a.py", "TestB::test_c[x]"),
        ("tests/test_a.py::test_c[d::e]", "tests/test_a.py", "test_c[d::e]"),
        ("odd", "", "odd"),
    ],
)
def test_a_node_id_is_a_file_and_a_name(node: str, file: str, name: str) -> None:
    assert wording.parts(node) == (file, name)


def test_each_answer_is_a_sentence() -> None:
    said = [wording.explanation(result, comparisons.BASE) for result in comparisons.EVERY.results]
    assert said == [
        "as fast as main, within 5 % (between -0.7 % and +1.6 %)",
        "12.3 % slower than main (between +11.2 % and +13.5 %); 5 % are allowed",
        "12.6 % faster than main (between -13.7 % and -11.4 %)",
        "between +3.4 % and +5.7 % against main, and 5 % are allowed: the budget of 60 s was spent",
        "new: main does not have it",
        "gone: only main has it",
        "could not be measured: ValueError: no page, at tests/benchmarks/test_app.py:12\nsecond line",
    ]


def test_a_note_of_the_measurement_follows_its_sentence() -> None:
    noted = comparisons.result("test_home", "new", message="3 s per call")
    assert wording.explanation(noted, None) == "new: the base does not have it; 3 s per call"


def test_the_next_step_can_be_pasted_whatever_the_base_is_called() -> None:
    base = Commit(name="feature/a b;c", id="1" * 40)
    slower = comparisons.result("test_index[$(x)]", "slower", 1.1)
    assert wording.next_step([slower], base).splitlines()[0] == (
        "measure again: ci bench --base 'feature/a b;c' -k test_index"
    )


def test_a_commit_is_named_once() -> None:
    assert wording.commit(comparisons.BASE) == "main (4f2a9c1d07)"
    nameless = Commit(name="4f2a9c1d07be", id=comparisons.BASE.id, dirty=True)
    assert wording.commit(nameless) == "4f2a9c1d07, with changes that are not committed"


def test_a_moment_is_said_in_utc() -> None:
    assert wording.moment("2026-11-22T10:10:11+01:00") == "22 November 2026, 09:10 UTC"
    assert wording.moment("yesterday") == "yesterday"


def test_benchmarks_of_one_file_stay_together() -> None:
    """Those that are gone are measured last, whichever file they were in."""
    one, other = (comparisons.result(name, "same", 1.0, file=f"tests/{name}.py") for name in ("test_b", "test_a"))
    gone = comparisons.result("test_old", "gone", file="tests/test_b.py")
    assert wording.by_file([one, other, gone]) == {"tests/test_b.py": [one, gone], "tests/test_a.py": [other]}


def test_the_tolerance_that_is_proposed_would_let_all_pass() -> None:
    slower = [comparisons.result("test_a", "slower", ratio) for ratio in (1.1, 1.188, 1.13)]
    assert wording.next_step(slower, comparisons.BASE).endswith("(tolerance=0.20)")
