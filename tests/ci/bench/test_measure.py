"""Two small checkouts measured with real processes: every kind of benchmark once, in the shortest comparison."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from msgspec.structs import replace

from ci.bench.measure import Progress, Settings, Side, compare
from ci.bench.results import Result
from ci.errors import UsageError

PREAMBLE = """
import os, pytest, threading, time
import ci

def work(number=100): return sum(range(number))
"""
BOTH = """
def test_call(benchmark): assert benchmark(work, 10) == 45
def test_pedantic(benchmark):
    benchmark.extra_info["limit"] = float("inf")
    assert benchmark.pedantic(sorted, setup=lambda: (([3, 1],), {}), rounds=2) == [1, 3]
@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.benchmark(group="sizes", disable_gc=True)
@pytest.mark.benchmark_gate(tolerance="50%")
def test_size(benchmark, size): benchmark(work, size)
def test_decorator(benchmark):
    @benchmark
    def result(): return work()
    assert result == 4950
def test_threads(benchmark):
    def both():
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    benchmark(both)
@pytest.mark.skip(reason="not today")
def test_skipped(benchmark): benchmark(work)
@pytest.mark.xfail(reason="known")
def test_expected_to_fail(benchmark):
    benchmark(work)
    assert False
def test_never(benchmark): pass
def test_no_benchmark(): raise AssertionError("only benchmarks run")
"""
BASE = "def test_gone(benchmark): benchmark(work)\ndef test_repaired(benchmark): benchmark(work, None)\n"
HEAD = """
def test_new(benchmark): benchmark(work)
def test_repaired(benchmark): benchmark(work)
def test_after(benchmark):
    benchmark(work)
    assert 1 == 2, "found later"
def test_twice(benchmark):
    benchmark(work)
    benchmark(work)
"""
#: Options that would skip all benchmarks, spread them, or write into the checkout.
SETTINGS = """
[pytest]
addopts = --benchmark-skip --benchmark-autosave --junitxml=junit.xml -n2 --strict-markers --strict-config -x
filterwarnings = error
    ignore:Benchmark fixture was not used
"""


def checkout(folder: Path, benchmarks: str) -> Path:
    """A project whose own package is called ``ci``."""
    (folder / "tests" / "benchmarks").mkdir(parents=True)
    (folder / "ci").mkdir()
    (folder / "ci" / "__init__.py").write_text("raise_nothing = True\n")
    (folder / "pytest.ini").write_text(SETTINGS)
    (folder / "tests" / "benchmarks" / "test_all.py").write_text(dedent(PREAMBLE + benchmarks))
    return folder


def side(folder: Path, name: str = "head") -> Side:
    return replace(Side(name="head", folder=folder, python=Path(sys.executable)), name=name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


@pytest.fixture(scope="module")
def results(folder: Path) -> Iterator[dict[str, Result]]:
    """One comparison for most tests; it leaves the checkouts as they were."""
    base, head = checkout(folder / "base", BOTH + BASE), checkout(folder / "head", BOTH + HEAD)
    before = sorted(folder.rglob("*"))
    found = compare(
        side(base, "base"), side(head), Settings(budget=0.0, seed=1), report=folder / "benchmark.json",
        watch=lambda progress: None,
    )
    assert sorted(folder.rglob("*")) == sorted([*before, folder / "benchmark.json"])
    yield {result.id.rpartition("::")[2]: result for result in found}


def test_each_benchmark_has_its_answer_in_the_order_of_the_head(results: dict[str, Result]) -> None:
    """What both have is unsure in so short a time; what is skipped on both sides is not there."""
    assert {name: result.answer for name, result in results.items()} == {
        "test_call": "unsure", "test_pedantic": "unsure", "test_size[1]": "unsure", "test_size[2]": "unsure",
        "test_decorator": "unsure", "test_threads": "unsure", "test_expected_to_fail": "unsure",
        "test_never": "unsure", "test_new": "new", "test_repaired": "new", "test_after": "broken",
        "test_twice": "broken", "test_gone": "gone",
    }
    assert list(results)[-1] == "test_gone"


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("test_call", "1 process pair fitted into the budget of 0 s"),
        ("test_never", "Benchmark fixture was not used at all in this test!"),
        ("test_after", "failed: AssertionError: found later"),
        ("test_twice", "failed: pytest_benchmark.fixture.FixtureAlreadyUsed: Fixture can only be used once."),
        ("test_repaired", "nothing to compare with: on the base it failed: TypeError"),
    ],
)
def test_the_message_says_why(results: dict[str, Result], name: str, begin: str) -> None:
    assert results[name].message.startswith(begin)


def test_both_sides_are_read(results: dict[str, Result]) -> None:
    one = results["test_size[1]"]
    assert one.base and one.head and (one.pairs, one.group, one.tolerance) == (1, "sizes", 0.5)
    assert results["test_new"].base is None and results["test_new"].head


def test_the_report_is_one_of_pytest_benchmark(results: dict[str, Result], folder: Path) -> None:
    """Its own command reads it; what is broken isn't in it."""
    report = folder / "benchmark.json"
    found = {one["name"]: one for one in json.loads(report.read_text())["benchmarks"]}
    assert set(found) == {name for name, one in results.items() if one.head and one.answer != "broken"}
    assert (found["test_size[2]"]["group"], found["test_size[2]"]["params"]) == ("sizes", {"size": 2})
    assert found["test_size[2]"]["options"]["disable_gc"] is True
    command = [sys.executable, "-m", "pytest_benchmark", "compare", str(report), "--columns=median"]
    listed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
    assert all(name in listed for name in found)


def test_a_folder_may_be_called_like_a_variable(tmp_path: Path) -> None:
    """pytest begins, and finds nothing to measure."""
    head = checkout(tmp_path / "$HOME", "")
    with pytest.raises(UsageError, match="^there is no benchmark in tests/benchmarks, in neither commit"):
        compare(None, side(head), Settings(budget=0.0), report=None, watch=lambda progress: None)


def test_the_first_commit_has_new_benchmarks_only_and_progress_is_told(tmp_path: Path) -> None:
    told: list[Progress] = []
    head = checkout(tmp_path / "head", HEAD)
    settings = Settings(budget=0.0, select="new or after")
    results = compare(None, side(head), settings, report=None, watch=told.append)
    assert [(one.id.rpartition("::")[2], one.answer) for one in results] == [
        ("test_new", "new"), ("test_after", "broken"),
    ]
    assert [(one.step, one.id.rpartition("::")[2], one.total) for one in told] == [
        ("collecting", "", 0), ("one side alone", "test_new", 2), ("one side alone", "test_after", 2),
    ]
