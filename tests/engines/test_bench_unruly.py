"""Benchmarks that change the process or the folder in which they run, and names that are hard to carry."""

import sys
import tempfile
from pathlib import Path

import pytest

from ci.bench.measure import Settings, Side, compare
from ci.bench.results import Result

pytestmark = pytest.mark.engine

BENCHMARKS = r'''
import asyncio, gc, json, os, pytest, signal, subprocess, sys, threading, time

def work(): return sum(range(100))

@pytest.fixture(scope="session", params=["one", "two"])
def session(request): yield request.param
@pytest.fixture(scope="module")
def module(session): yield session
@pytest.fixture(scope="class")
def of_class(module): yield module

class TestInClass:
    def test_scopes(self, benchmark, of_class): benchmark(work)

@pytest.mark.parametrize("name", ["a/b", "ü", "a::b", "[c]", " ", "", "line\nbreak", "%s", "x" * 300])
def test_name(benchmark, name): benchmark(work)

def test_stops_the_clock(benchmark, monkeypatch):
    for clock in ("perf_counter", "monotonic", "time"):
        monkeypatch.setattr(time, clock, lambda: 5.0)
    benchmark(work)
def test_own_json(benchmark, monkeypatch):
    monkeypatch.setattr(json, "dumps", lambda *values, **options: "{}")
    benchmark(work)
def test_changes_folder(benchmark, tmp_path):
    os.chdir(tmp_path)
    benchmark(work)
def test_no_variables(benchmark, monkeypatch):
    for name in list(os.environ): monkeypatch.delenv(name)
    benchmark(work)
def test_no_signals(benchmark):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGIO): signal.signal(number, signal.SIG_IGN)
    benchmark(work)
def test_traces(benchmark):
    sys.settrace(lambda *_: None)
    benchmark(work)
    sys.settrace(None)
@pytest.mark.benchmark(disable_gc=True)
def test_asks_for_no_garbage(benchmark):
    seen = set()
    benchmark(lambda: seen.add(gc.isenabled()))
    assert False in seen
def test_garbage_as_usual(benchmark):
    seen = set()
    benchmark(lambda: seen.add(gc.isenabled()))
    assert seen == {True}
def test_no_garbage(benchmark):
    gc.disable()
    benchmark(work)
def test_prints(benchmark):
    print("x" * 5_000_000)
    benchmark(work)
def test_leaves_a_thread(benchmark):
    threading.Thread(target=time.sleep, args=(600,)).start()
    benchmark(work)
def test_leaves_a_program(benchmark):
    subprocess.Popen(["sleep", "600"], start_new_session=True)
    benchmark(work)
def test_leaves_a_fork(benchmark):
    if not os.fork():
        time.sleep(600)
        os._exit(0)
    benchmark(work)
def test_event_loop(benchmark):
    async def soon(): return 1
    assert benchmark(lambda: asyncio.run(soon())) == 1
def test_statistics(benchmark):
    benchmark(work)
    assert benchmark.stats["mean"] > 0

def test_leaves_pytest(benchmark): benchmark(sys.exit, 3)
async def test_coroutine(benchmark): benchmark(work)
def test_needs_too_much(benchmark): benchmark(lambda: bytearray(1 << 62))
'''

#: Each side has its own, also where the environment has the head installed.
OWN_CODE = """
def test_own_code(benchmark):
    import shop
    assert benchmark(lambda: shop.SIDE) == %r
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """One comparison, as short as can be."""
    folder = tmp_path_factory.mktemp("bench")
    for name in ("base", "head"):
        (folder / name / "tests/benchmarks").mkdir(parents=True)
        (folder / name / "tests/benchmarks/test_it.py").write_text(BENCHMARKS + OWN_CODE % name)
        (folder / name / "src").mkdir()
        (folder / name / "src/shop.py").write_text(f"SIDE = {name!r}")
    installed = {"PYTHONPATH": str(folder / "head/src")}
    head = Side(name="head", folder=folder / "head", python=Path(sys.executable), env=installed)
    base = Side(name="base", folder=folder / "base", python=Path(sys.executable), env=installed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder))
        found = compare(base, head, Settings(budget=0.0), report=folder / "report.json", watch=lambda progress: None)
    assert {path.name for path in folder.iterdir()} == {"base", "head", "report.json"}
    return {result.id.partition("::")[2]: result for result in found}


def test_only_what_fails_in_pytest_too_is_broken(results: dict[str, Result]) -> None:
    broken = {name for name, one in results.items() if one.answer == "broken"}
    assert broken == {"test_leaves_pytest", "test_coroutine", "test_needs_too_much"}


def test_all_others_are_read(results: dict[str, Result]) -> None:
    read = [one for one in results.values() if one.pairs == 1 and one.base and one.head]
    assert len(read) == len(results) - 3


def test_each_name_is_a_benchmark_of_its_own(results: dict[str, Result]) -> None:
    assert len([name for name in results if name.startswith("test_name[")]) == 9
