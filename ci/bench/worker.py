"""One side of a comparison: a pytest session that runs its benchmarks in turns, as the other end of a socket says.

This file is complete in itself. It is started by its path (``python -P worker.py SOCKET``) in a checkout that may have
never heard of it, so it needs pytest and pytest-benchmark only and must not import anything of its own package. The
messages are lines of JSON; ``ci/bench/messages.py`` describes them.
"""
# mypy: disable-error-code="no-untyped-call,method-assign,assignment"

import fcntl
import os
import random
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from json import dumps, loads
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # pytest wants to be the one that imports its plugins
    from pytest_benchmark.fixture import BenchmarkFixture

#: What options of the project are set to: those that would skip benchmarks, write files, measure coverage, use other
#: processes or end a test that waits for its turn. Options of plugins that aren't installed do no harm.
NEUTRAL: dict[str, Any] = {
    "benchmark_disable": False, "benchmark_enable": True, "benchmark_skip": False, "benchmark_only": False,
    "benchmark_save": None, "benchmark_autosave": None, "benchmark_compare": [], "benchmark_compare_fail": [],
    "benchmark_histogram": [], "benchmark_cprofile": None, "benchmark_cprofile_dump": [],
    "benchmark_storage": f"file://{tempfile.gettempdir()}/storage", "benchmark_quiet": True, "benchmark_verbose": False,
    "xmlpath": None, "no_summary": True, "no_cov": True, "numprocesses": None, "dist": "no", "tx": [], "usepdb": False,
}
#: Clocks as they were before a benchmark stopped them, as tests of dates do. In a tuple, where freezegun does not look.
CLOCKS = (time.perf_counter, time.monotonic, time.time)
#: Plugins that would end, repeat or reorder a test, or (Hypothesis) load a large package to end a session.
FOREIGN_PLUGINS = ("timeout", "rerunfailures", "flaky", "stepwiseplugin", "hypothesispytest")

Run = Callable[[int], float]


class Channel:
    """This end of the socket. When the other one is closed, nobody waits for this process any more, and it ends."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._socket = socket.socket(fileno=descriptor)
        self._lines = self._socket.makefile("r", encoding="utf-8")
        os.register_at_fork(after_in_child=self._socket.close)

    def send(self, event: str, **values: object) -> None:
        """Tell the coordinator."""
        self._socket.sendall(dumps({"event": event, **values}).encode() + b"\n")

    def receive(self) -> Any:
        """Wait for the next command."""
        line = self._lines.readline()
        if not line:
            os._exit(1)
        return loads(line)


def leave_no_byte_code() -> None:
    """Neither here nor in programs that benchmarks start, for which a side without byte code would be the slower one.

    They keep theirs in a folder that both sides share and that goes with the comparison.
    """
    sys.dont_write_bytecode = True
    os.environ["PYTHONPYCACHEPREFIX"] = os.path.join(tempfile.gettempdir(), "bytecode")


def end_with(pipe: int) -> None:
    """Let the system end this process and its children (SIGIO) when the coordinator, the pipe's writer, is gone."""
    os.set_inheritable(pipe, False)
    fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


@contextmanager
def untraced() -> Iterator[None]:
    """No debugger, coverage or profiler inside, as in pytest-benchmark."""
    trace, profile = sys.gettrace(), sys.getprofile()
    sys.settrace(None)
    sys.setprofile(None)
    try:
        yield
    finally:
        sys.settrace(trace)
        sys.setprofile(profile)


def slowed(run: Run, count: int, share: float) -> float:
    """The seconds of ``count`` calls and a ``share`` of them once more: to find out whether the gate notices."""
    more = int(count * share)
    seconds = run(count + more)
    rest = (share - more / count) * seconds * count / (count + more)
    start = time.thread_time()
    while time.thread_time() - start < rest:
        pass
    return seconds + rest


def meet_on(processor: int | None) -> None:
    """Go to a processor, without having to stay: there, the other side finds the same neighbours and the same speed.

    Without this, two processes often stay on different processors for a whole comparison, and one has the busier one.
    """
    if processor is not None:
        try:
            allowed = os.sched_getaffinity(0)
            os.sched_setaffinity(0, {processor})
            os.sched_setaffinity(0, allowed)
        except OSError:
            pass


def waited(timer: object) -> float:
    """Seconds in which this thread could have run, but another program had its processor (proc(5), schedstat).

    They are in the readings of the wall's clock, and are no matter of the benchmark. 0 where the system doesn't tell.
    """
    if timer not in CLOCKS:
        return 0.0
    try:
        with open("/proc/thread-self/schedstat", "rb", buffering=0) as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def clocked(runner: Callable[[Any], Any], calls: int, timer: object) -> tuple[float, Any]:
    """Seconds of so many calls without the waits, and the result if it is only one."""
    before = waited(timer)
    answer = runner(range(calls)) if calls > 1 else runner(None)
    delay = waited(timer) - before
    seconds, result = (answer, None) if calls > 1 else answer
    return (float(seconds) - delay if delay < seconds else float(seconds)), result


class Benchmarks:
    """The plugin: runs the tests that it is told to, and takes turns where they call ``benchmark``."""

    def __init__(self, channel: Channel, order: dict[str, Any]) -> None:
        self._channel, self._order = channel, order
        self._reports: list[pytest.TestReport] = []
        self._errors: list[dict[str, str]] = []
        self._metadata: Any = None

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> Iterator[None]:
        """Before any plugin looks at its options."""
        vars(early_config.known_args_namespace).update(NEUTRAL)
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_cmdline_main(self, config: pytest.Config) -> Iterator[None]:
        """Once more, since the options have been read again."""
        vars(config.option).update(NEUTRAL, randomly_seed=self._order["seed"])
        for name in FOREIGN_PLUGINS:
            if config.pluginmanager.has_plugin(name):
                config.pluginmanager.unregister(name=name)
        yield

    def pytest_configure(self, config: pytest.Config) -> None:
        """Benchmarks with a tolerance of their own are fine also where the project has not declared the marker."""
        play(self)
        config.addinivalue_line("markers", "benchmark_gate(tolerance): by how much `ci bench` lets it become slower")

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> bool | None:
        """Not needed to write a report."""
        return True if self._order["report"] is not None else None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Benchmarks only."""
        items[:] = [item for item in items if "benchmark" in getattr(item, "fixturenames", ())]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember what can't be collected."""
        if report.failed:
            self._errors.append({"id": report.nodeid, "message": report.longreprtext})

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember how set-up, call and teardown ended."""
        self._reports.append(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Instead of pytest's: run what the coordinator wants in its order."""
        if self._order["report"] is not None:
            self._restore(session, self._order["report"])
            return True
        found = [{"id": item.nodeid, "tolerance": tolerance(item)} for item in session.items]
        self._channel.send("collected", items=found, errors=self._errors, foreign=self._foreign())
        items = {item.nodeid: item for item in session.items}
        queue = [items[id] for id in self._channel.receive()["run"]]
        for item, following in zip(queue, [*queue[1:], None]):
            self._reports, self._metadata = [], None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._channel.send("done", **self._outcome(), foreign=self._foreign())
        return True

    def _outcome(self) -> dict[str, object]:
        """How the test ended, in the words of the first of its reports that did not pass."""
        from pytest_benchmark.utils import safe_dumps

        told = next((report for report in self._reports if not report.passed), None)
        message = "" if told is None else told.longreprtext or str(getattr(told, "wasxfail", ""))
        if told is not None and isinstance(told.longrepr, tuple):
            message = told.longrepr[2]
        last = message.rpartition("\n")[2] if told is None or not told.failed else crash(told)
        about = self._metadata and safe_dumps(self._metadata.as_dict(include_data=False, stats=False))
        return {"outcome": told.outcome if told else "passed", "message": last, "details": message, "about": about}

    def _foreign(self) -> str:
        """A module that came from the other checkout, as happens when the environment has that one installed."""
        own, other = self._order["folder"], self._order["other"]
        if not other:
            return ""
        mine = tuple(folder + os.sep for folder in (own, sys.prefix, sys.base_prefix) if len(folder) > len(other))
        files = (getattr(module, "__file__", None) or "" for module in tuple(sys.modules.values()))
        theirs = (file for file in files if file.startswith(other + os.sep) and not file.startswith(mine))
        return next((file for file in theirs if file != __file__), "")  # which may lie in the head's checkout

    def _restore(self, session: pytest.Session, benchmarks: Sequence[dict[str, Any]]) -> None:
        """Give pytest-benchmark what was measured in many sessions, for it to write."""
        from pytest_benchmark.stats import Metadata

        for benchmark in benchmarks:
            about = loads(benchmark["about"])
            options = about.pop("options")
            fixture = SimpleNamespace(**about, cprofile_stats=None, has_error=False)
            metadata = Metadata(fixture, iterations=benchmark["iterations"], options=options)
            metadata.stats.data = benchmark["data"]
            session.config._benchmarksession.benchmarks.append(metadata)  # type: ignore[attr-defined]

    def take_turns(self, fixture: "BenchmarkFixture", run: Run, *, calls: int = 1, rounds: int | None = None) -> None:
        """Answer with ``run(count)``, in seconds, until told to finish. Here the test waits for its turn."""
        self._channel.send("ready", group=fixture.group, calls=calls, rounds=rounds)
        readings: list[tuple[float, int]] = []
        while (command := self._channel.receive()).get("turn"):
            count, share = command["turn"], command["slowdown"]
            meet_on(command["processor"])
            began = CLOCKS[0]()
            with untraced():
                seconds = slowed(run, count, share) if share else run(count)
            readings.append((seconds, count))
            self._channel.send("turn", seconds=seconds, wall=CLOCKS[0]() - began)
        readings = readings or [(run(1), 1)]
        self._metadata = fixture._make_stats(calls)
        for seconds, count in readings:
            self._metadata.update(seconds / count)


def tolerance(item: pytest.Item) -> object:
    """What the benchmark's marker allows."""
    marker = item.get_closest_marker("benchmark_gate")
    return None if marker is None else str(marker.kwargs.get("tolerance", *marker.args[:1]))


def crash(report: pytest.TestReport) -> str:
    """The error and where it was raised, on a line."""
    where = getattr(report.longrepr, "reprcrash", None)
    return f"{where.message.splitlines()[0]} ({where.path}:{where.lineno})" if where else report.longreprtext


def play(plugin: Benchmarks) -> None:
    """Let ``benchmark(...)`` and ``benchmark.pedantic(...)`` take turns; their timer and garbage rules stay."""
    from pytest_benchmark.fixture import BenchmarkFixture

    def raw(self: "BenchmarkFixture", function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        runner = self._make_runner(function, args, kwargs)
        results: list[Any] = []

        def run(count: int) -> float:
            seconds, result = clocked(runner, count, self._timer)
            results[:] = [result] if count == 1 else []
            return seconds

        plugin.take_turns(self, run)
        return results[0] if results else function(*args, **kwargs)

    def pedantic(
        self: "BenchmarkFixture", target: Callable[..., Any], args: Any = (), kwargs: Any = None, setup: Any = None,
        teardown: Any = None, rounds: int = 1, warmup_rounds: int = 0, iterations: int = 1,
    ) -> Any:
        if min(rounds, iterations, warmup_rounds + 1) < 1 or iterations > 1 and setup:
            raise ValueError("benchmark.pedantic: wrong rounds, iterations or warmup_rounds, or iterations with setup")
        kwargs = kwargs or {}
        results: list[Any] = []

        def one(again: int) -> float:
            made = setup and setup()
            if made and (args or kwargs):
                raise TypeError("Can't use `args` or `kwargs` if `setup` returns the arguments.")
            given, named = made or (args, kwargs)
            runner = self._make_runner(target, given, named)
            seconds, result = clocked(runner, again, self._timer)
            results[:] = [result]
            if teardown is not None:
                teardown(*given, **named)
            return seconds

        for _ in range(warmup_rounds):
            one(iterations)
        limit = None if setup else rounds
        plugin.take_turns(self, lambda n: sum(one(iterations) for _ in range(n)), calls=iterations, rounds=limit)
        if iterations > 1:
            one(1)
        return results[0]

    BenchmarkFixture._raw = raw
    BenchmarkFixture._raw_pedantic = pedantic


def main() -> int:
    """Do as the coordinator says in its first message."""
    channel = Channel(int(sys.argv[1]))
    end_with(int(sys.argv[2]))
    leave_no_byte_code()
    order = channel.receive()
    sys.argv = ["pytest", *order["arguments"]]
    random.seed(order["seed"])
    code = int(pytest.main(order["arguments"], plugins=[Benchmarks(channel, order)]))
    channel.send("end", code=code)
    return code


if __name__ == "__main__":
    sys.exit(main())
