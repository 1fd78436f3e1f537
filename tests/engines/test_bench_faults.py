"""Benchmarks that hang, die or are in each other's way, a Ctrl-C, and slowdowns that must be found: real processes."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from ci.bench import comparing
from ci.bench.calibrate import calibrate
from ci.bench.measure import Settings, Side, compare
from ci.bench.pair import Pair
from ci.bench.results import Result
from ci.bench.sessions import Sessions
from ci.errors import UsageError
from tests.processes import is_alive, until

pytestmark = pytest.mark.engine

PREAMBLE = "import ctypes, os, pytest, signal, socket, subprocess, sys, threading, time\n"
FINE = "def test_fine(benchmark): benchmark(sum, range(2000))\n"


def side(name: str, folder: Path, benchmarks: str, **files: str) -> Side:
    """A checkout with these benchmarks."""
    (folder / "tests" / "benchmarks").mkdir(parents=True, exist_ok=True)
    (folder / "tests" / "benchmarks" / "test_it.py").write_text(PREAMBLE + benchmarks)
    for file, text in files.items():
        (folder / f"{file}.py").write_text(text)
    return Side(name="base" if name == "base" else "head", folder=folder, python=Path(sys.executable))


def compared(folder: Path, base: str, head: str, **settings: float) -> dict[str, Result]:
    """The results by the name of the test."""
    results = compare(
        side("base", folder / "base", base), side("head", folder / "head", head),
        Settings(hang=settings.pop("hang", 60), **settings),  # type: ignore[arg-type]
        report=None, watch=lambda progress: None,
    )
    return {result.id.rpartition("::")[2]: result for result in results}


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary folders are made where the test sees them."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


def test_those_that_die_are_broken_and_the_others_are_judged(tmp_path: Path) -> None:
    base = "".join(f"def test_{name}(benchmark): benchmark(len, '')\n" for name in ("exit", "crash", "kill"))
    head = """
def test_exit(benchmark): benchmark(os._exit, 3)
def test_crash(benchmark): benchmark(ctypes.string_at, 0)
def test_kill(benchmark):
    print("last words")
    os.kill(os.getpid(), 9)
"""
    found = compared(tmp_path, base + FINE, head + FINE, tolerance=0.5)
    assert {name: one.answer for name, one in found.items()} == {
        "test_exit": "broken", "test_crash": "broken", "test_kill": "broken", "test_fine": "same",
    }
    assert found["test_exit"].message.startswith("ended with exit code 3")
    assert found["test_crash"].message.startswith("was ended by SIGSEGV")
    assert found["test_kill"].message.startswith("was ended by SIGKILL\nlast words")
    assert not list((tmp_path / "temporary").iterdir())


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pids"
    head = f"""
def test_hang(benchmark):
    child = subprocess.Popen(["sleep", "600"], start_new_session=True)
    open({str(note)!r}, "a").write(f"{{os.getpid()}} {{child.pid}} ")
    benchmark(time.sleep, 600)
"""
    found = compared(
        tmp_path, FINE + "def test_hang(benchmark): benchmark(len, '')", head + FINE, hang=5, tolerance=0.5
    )
    assert (found["test_hang"].answer, found["test_fine"].answer) == ("broken", "same")
    assert found["test_hang"].message.startswith("did not answer within 5 s")
    assert not any(is_alive(int(pid)) for pid in note.read_text().split())


def test_what_hangs_on_the_base_takes_no_time_from_the_others(tmp_path: Path) -> None:
    """Or a benchmark that has been repaired would leave the gate open for all others."""
    base = FINE + "def test_hang(benchmark): time.sleep(600)"
    head = FINE + "def test_hang(benchmark): benchmark(len, '')"
    found = compared(tmp_path, base, head, hang=15, budget=15, tolerance=0.5)
    assert {name: one.answer for name, one in found.items()} == {"test_hang": "new", "test_fine": "same"}


def test_two_sides_that_want_the_same_port_are_told_so(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    both = f"""
@pytest.fixture
def server():
    with socket.create_server(("127.0.0.1", {port})): yield
def test_server(benchmark, server): benchmark(len, "")
"""
    found = compared(tmp_path, both, both)["test_server"]
    assert (found.answer, found.message.partition(":")[0]) == ("unsure", "failed beside the other side, but not alone")


def test_a_base_that_cannot_begin_makes_all_new(tmp_path: Path) -> None:
    base = side("base", tmp_path / "base", FINE, conftest="import no_such_module\n")
    head = side("head", tmp_path / "head", FINE)
    (result,) = compare(base, head, Settings(), report=None, watch=lambda progress: None)
    assert (result.answer, "no_such_module" in result.message) == ("new", True)


@pytest.mark.parametrize(("name", "answer"), [("base", "unsure"), ("head", "broken")])
def test_a_side_that_can_no_longer_begin_ends_the_comparison_with_what_is_known(
    tmp_path: Path, name: str, answer: str
) -> None:
    """Its first session began, its second one does not."""
    once = "import os\nos.mkdir('begun')\n"
    sides = {one: side(one, tmp_path / one, FINE, **({"conftest": once} if one == name else {}))
             for one in ("base", "head")}
    (result,) = compare(sides["base"], sides["head"], Settings(), report=None, watch=lambda progress: None)
    first_line = result.message.partition("\n")[0]
    assert (result.answer, first_line) == (
        answer, f"in process pair 2 pytest could not begin on the {name}, it ended: exit code 4 of pytest"
    )
    assert "FileExistsError" in result.message


def test_a_folder_that_only_the_head_has_makes_nothing_else_new(tmp_path: Path) -> None:
    base, head = (side(name, tmp_path / name, FINE) for name in ("base", "head"))
    (head.folder / "more").mkdir()
    (head.folder / "more" / "test_more.py").write_text(FINE)
    settings = Settings(budget=0.0, paths=("tests/benchmarks", "more"))
    results = compare(base, head, settings, report=None, watch=lambda progress: None)
    assert [(one.id, one.answer) for one in results] == [
        ("tests/benchmarks/test_it.py::test_fine", "unsure"), ("more/test_more.py::test_fine", "new"),
    ]


def test_a_test_that_only_the_head_has_makes_nothing_else_new(tmp_path: Path) -> None:
    base = side("base", tmp_path / "base", FINE)
    head = side("head", tmp_path / "head", f"{FINE}\ndef test_new(benchmark): benchmark(len, '')\n")
    file = "tests/benchmarks/test_it.py"
    settings = Settings(budget=0.0, paths=(f"{file}::test_fine", f"{file}::test_new"))
    results = compare(base, head, settings, report=None, watch=lambda progress: None)
    assert [(one.id, one.answer) for one in results] == [(f"{file}::test_fine", "unsure"), (f"{file}::test_new", "new")]


def test_a_head_that_cannot_begin_is_a_wrong_call(tmp_path: Path) -> None:
    """Whatever the base does."""
    head = side("head", tmp_path / "head", FINE, conftest="import no_such_module\n")
    for base in (None, side("base", tmp_path / "base", FINE)):
        with pytest.raises(UsageError, match="(?s)could not begin on the head.*no_such_module"):
            compare(base, head, Settings(), report=None, watch=lambda progress: None)


def test_a_base_that_imports_the_head_is_refused(tmp_path: Path) -> None:
    """As happens with an environment that has the head installed."""
    import_head = f"sys.path.insert(0, {str(tmp_path / 'head')!r})\nimport site_of_ours\n"
    head = side("head", tmp_path / "head", FINE, site_of_ours="")
    with pytest.raises(UsageError, match="the base imported .*site_of_ours.py"):
        compare(side("base", tmp_path / "base", import_head + FINE), head, Settings(), report=None, watch=print)


def test_slow_fast_and_sleeping_benchmarks_are_judged(tmp_path: Path) -> None:
    """From 100 ns to three seconds; half as slow again is found."""
    base = """
def work(n): return sum(range(n))
def test_tiny(benchmark): benchmark(int)
def test_sleep(benchmark): benchmark(time.sleep, 0.002)
def test_work(benchmark): benchmark(work, 20000)
def test_pedantic(benchmark): benchmark.pedantic(work, setup=lambda: ((20000,), {}), rounds=3)
"""
    found = compared(tmp_path, base, base.replace("20000", "40000"), tolerance=0.2)
    assert {name: one.answer for name, one in found.items()} == {
        "test_tiny": "same", "test_sleep": "same", "test_work": "slower", "test_pedantic": "slower",
    }


def test_three_seconds_a_call_take_few_turns(tmp_path: Path) -> None:
    slow = "def test_slow(benchmark): benchmark(time.sleep, 3)\n"
    found = compared(tmp_path, slow, slow, tolerance=0.2, budget=20)["test_slow"]
    assert (found.answer, found.pairs > 2) == ("same", True)


def test_sides_are_started_first_in_turn_and_each_pair_has_a_hash_seed_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []

    class Noted(Sessions):
        def open(self, sides: Sequence[Side]) -> Pair:
            started.append(sides[0].name)
            return super().open(sides)

    monkeypatch.setattr(comparing, "Sessions", Noted)
    note = tmp_path / "seeds"
    seed = f"open({str(note)!r}, 'a').write(os.environ['PYTHONHASHSEED'] + ' ')\n"
    compared(tmp_path, seed + FINE, seed + FINE, tolerance=0.5)
    assert started[:3] == ["base", "head", "base"]
    assert sorted(Counter(note.read_text().split()).values()) == [2] * len(started)


def test_calibration_counts_what_is_injected(tmp_path: Path) -> None:
    found = calibrate(
        side("head", tmp_path / "head", FINE), Settings(tolerance=0.3), trials=1, slowdowns=(0.0, 1.0),
        watch=lambda progress: None,
    )
    assert [one.answers for one in found.trials] == [{"same": 1}, {"slower": 1}]
    assert found.holds is not None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupt_leaves_no_process(tmp_path: Path, number: signal.Signals) -> None:
    """Also one that leaves this program no time to end them."""
    note = tmp_path / "pids"
    benchmark = f"""
def test_long(benchmark):
    open({str(note)!r}, "a").write(f"{{os.getpid()}} ")
    benchmark(time.sleep, 0.01)
"""
    base, head = side("base", tmp_path / "base", benchmark), side("head", tmp_path / "head", benchmark)
    program = (
        "import sys; from pathlib import Path; from ci.bench.measure import *; sides = [Side(name=n, folder=Path(f), "
        "python=Path(sys.executable)) for n, f in (('base', sys.argv[1]), ('head', sys.argv[2]))]; "
        "compare(*sides, Settings(tolerance=1e-9), report=None, watch=lambda progress: None)"
    )
    command = [sys.executable, "-c", program, str(base.folder), str(head.folder)]
    env = os.environ | {"TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL, start_new_session=True) as coordinator:
        until(lambda: note.exists() and len(note.read_text().split()) > 1)
        coordinator.send_signal(number)
        coordinator.wait(30)
    until(lambda: not any(is_alive(int(pid)) for pid in note.read_text().split()))
    if number == signal.SIGINT:
        assert not list((tmp_path / "temporary").iterdir())
