"""What both sides collected, put together."""

import pytest

from ci.bench.inventory import take_stock
from ci.bench.messages import Benchmark, Collected, Uncollected
from ci.bench.settings import Settings
from ci.errors import UsageError

USUAL = Settings(tolerance=0.05)


def found(*ids: str, broken: tuple[str, ...] = (), tolerance: str | None = None) -> Collected:
    items = tuple(Benchmark(id, tolerance) for id in ids)
    return Collected(items, tuple(Uncollected(id, "E   no such module") for id in broken), "")


def test_what_both_have_is_compared_the_rest_is_new_or_gone() -> None:
    records = take_stock(found("a::x", "a::y"), found("a::z", "a::x"), USUAL)
    assert [(one.id, one.answer) for one in records] == [("a::x", None), ("a::y", "new"), ("a::z", "gone")]


@pytest.mark.parametrize(("path", "gone"), [
    ("a.py", ["a.py::x[1]", "a.py::z"]), ("./a.py", ["a.py::x[1]", "a.py::z"]), ("a.py::x", ["a.py::x[1]"]),
    ("./a.py::x[1]", ["a.py::x[1]"]), ("a.py::z", ["a.py::z"]), ("a.py::y", []), (".", ["a.py::x[1]", "a.py::z"]),
])
def test_of_a_file_whose_tests_are_named_only_those_can_be_gone(path: str, gone: list[str]) -> None:
    """The base collects the whole file, since it may lack the test."""
    records = take_stock(found(), found("a.py::x[1]", "a.py::z"), Settings(paths=(path,)))
    assert [(one.id, one.answer) for one in records] == [(id, "gone") for id in gone]


@pytest.mark.parametrize("place", ["tests/a.py", "tests", "./tests/", "."])
def test_of_a_file_that_is_named_too_as_a_whole_all_can_be_gone(place: str) -> None:
    records = take_stock(found(), found("tests/a.py::z"), Settings(paths=("tests/a.py::x", place)))
    assert [(one.id, one.answer) for one in records] == [("tests/a.py::z", "gone")]


def test_a_file_that_the_head_cannot_collect_is_broken_and_its_benchmarks_are_not_gone() -> None:
    records = take_stock(found("a::x", broken=("b",)), found("a::x", "b::y"), USUAL)
    assert [(one.id, one.answer) for one in records] == [("b", "broken"), ("a::x", None)]
    assert records[0].message.startswith("no such module")


def test_a_file_that_only_the_base_cannot_collect_is_no_fault_of_the_head() -> None:
    (record,) = take_stock(found("a::x"), found(broken=("a",)), USUAL)
    assert record.answer == "new"
    assert record.message.splitlines()[0] == "nothing to compare with on the base: no such module"


@pytest.mark.parametrize(("written", "share"), [("10%", 0.1), ("2.5%", 0.025), ("0.2", 0.2), (None, 0.05)])
def test_the_marker_of_the_head_sets_the_tolerance(written: str | None, share: float) -> None:
    (record,) = take_stock(found("a", tolerance=written), found("a", tolerance="90%"), USUAL)
    assert record.tolerance == pytest.approx(share)


@pytest.mark.parametrize("written", ["much", "", "-5%", "0", "None"])
def test_a_tolerance_that_is_no_share_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="is no share"):
        take_stock(found("a", tolerance=written), None, USUAL)
