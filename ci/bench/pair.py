"""A process pair: two live pytest sessions that go through the same benchmarks together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from msgspec import Struct

from ci.bench.messages import Collected, Done, Measured, Order, Ready, Run, TakeTurn, Turn
from ci.bench.process import Worker, WorkerFault, arguments
from ci.bench.settings import Settings, Side
from ci.bench.turns import Played, Player
from ci.errors import UsageError

Turns = Callable[[str, Mapping[str, Player], Mapping[str, Ready]], Played]


class Outcome(Struct, frozen=True):
    """How a benchmark went. ``done`` holds the sides whose test came to its end; ``fault`` the one that was lost.

    ``played`` is None unless it was ready on all sides.
    """

    id: str
    group: str | None
    played: Played | None
    done: dict[str, Done]
    fault: WorkerFault | None = None

    def failures(self) -> dict[str, str]:
        """What went wrong on which side: first a line that says it, then all that there is to see."""
        failed = {name: done for name, done in self.done.items() if done.outcome == "failed"}
        found = {name: f"failed: {done.message}\n{done.details}" for name, done in failed.items()}
        if self.fault:
            found[self.fault.side] = f"{self.fault.how}\n{self.fault.output}".strip()
        return found


class Pair:
    """Live sessions of one or two sides, started in the order of ``sides``. A context manager: at its end none lives.

    ``seed`` is for all that is left to chance in the sessions, the same on both sides. With a ``report`` they run
    nothing and let pytest-benchmark write it, as the options ``more`` say.
    """

    def __init__(
        self, sides: Sequence[Side], settings: Settings, folder: Path, *, seed: int,
        report: tuple[Measured, ...] | None = None, more: tuple[str, ...] = (),
    ) -> None:
        self._sides, self._settings, self._folder = sides, settings, folder
        self._seed, self._report, self._more = seed, report, more
        self._workers: dict[str, Worker] = {}

    def __enter__(self) -> "Pair":
        try:
            for side in self._sides:
                self._workers[side.name] = self._start(side)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _start(self, side: Side) -> Worker:
        others = [str(other.folder) for other in self._sides if other.folder != side.folder]
        order = Order(
            arguments=(*arguments(side, self._settings, self._folder), *self._more), folder=str(side.folder),
            other=others[0] if others else "", seed=self._seed, report=self._report,
        )
        return Worker(side, order, self._folder, hash_seed=self._seed, hang=self._settings.hang)

    def _end(self) -> None:
        for worker in self._workers.values():
            worker.ask_to_end()
        for worker in self._workers.values():
            worker.end()

    def collect(self) -> dict[str, Collected]:
        """What each side has collected. Raises WorkerFault, UsageError where a side imports from the other one."""
        collected = {name: worker.receive(Collected) for name, worker in self._workers.items()}
        for name, found in collected.items():
            self._check(name, found.foreign)
        return collected

    def run(self, ids: Sequence[str], turns: Turns) -> Iterator[Outcome]:
        """Run benchmarks in this order; after a fault there are no more, since its session is lost.

        ``turns`` is called where all sides wait for them. Raises UsageError where a side imports from the other one.
        """
        for worker in self._workers.values():
            worker.send(Run(tuple(ids)))
        for id in ids:
            outcome = self._one(id, turns)
            yield outcome
            if outcome.fault:
                return
        self.finish()

    def finish(self) -> str:
        """Let the sessions come to their end, however they do: all has been measured. Returns what they wrote last."""
        for worker in self._workers.values():
            try:
                worker.finish()
            except WorkerFault:
                pass
        return "\n".join(worker.output() for worker in self._workers.values())

    def _one(self, id: str, turns: Turns) -> Outcome:
        ready: dict[str, Ready] = {}
        done: dict[str, Done] = {}
        played = None
        try:
            for name, worker in self._workers.items():
                message = worker.receive(Ready, Done)
                if isinstance(message, Ready):
                    ready[name] = message
                else:
                    done[name] = message
            if len(ready) == len(self._workers):
                try:
                    played = turns(id, {name: self._player(name) for name in ready}, ready)
                except _Over as over:
                    done[over.name] = over.done
            for name in set(ready) - set(done):
                done[name] = self._finish(self._workers[name])
        except WorkerFault as fault:
            return Outcome(id, None, None, done, fault)
        for name, end in done.items():
            self._check(name, end.foreign)
        group = next((one.group for one in reversed(ready.values())), None)
        return Outcome(id, group, played, done)

    def _player(self, name: str) -> "_Player":
        return _Player(self._workers[name], self._settings.slowdown if name == "head" else 0.0)

    def _finish(self, worker: Worker) -> Done:
        """Let the test go on behind its benchmark. One that some other plugin starts again has had its turns."""
        message: Ready | Done = Ready(None, 1, None)
        while isinstance(message, Ready):
            worker.send(TakeTurn(0))
            message = worker.receive(Ready, Done)
        return message

    def _check(self, name: str, foreign: str) -> None:
        if foreign:
            raise UsageError(
                f"the {name} imported {foreign}, which belongs to the other side, so both would measure the same: "
                "the environment has that checkout installed; say where the code lies in each, as in "
                "`PYTHONPATH=lib ci bench`"
            )


class _Over(Exception):
    """A test came to its end where it should have taken a turn: what it measures has failed."""

    def __init__(self, name: str, done: Done) -> None:
        super().__init__(name)
        self.name, self.done = name, done


class _Player(Player):
    def __init__(self, worker: Worker, slowdown: float) -> None:
        self._worker, self._slowdown = worker, slowdown

    def play(self, count: int, processor: int | None) -> Turn:
        self._worker.send(TakeTurn(count, processor, self._slowdown))
        message = self._worker.receive(Turn, Done)
        if isinstance(message, Done):
            raise _Over(self._worker.side.name, message)
        return message
