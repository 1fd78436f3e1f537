"""What the two ends of the socket say to each other. ``ci/bench/worker.py`` sends and reads the same as plain JSON."""

from msgspec import Struct


class Benchmark(Struct, frozen=True):
    """A benchmark that can be run, and the tolerance that its marker allows, as it is written there."""

    id: str
    tolerance: str | None


class Uncollected(Struct, frozen=True):
    """A file (its node id) that pytest can't collect, and why."""

    id: str
    message: str


class Collected(Struct, frozen=True, tag_field="event", tag="collected"):
    """A worker is ready to be told which benchmarks to run.

    ``foreign`` is a file of the other side that was imported here, if one was.
    """

    items: tuple[Benchmark, ...]
    errors: tuple[Uncollected, ...]
    foreign: str


class Ready(Struct, frozen=True, tag_field="event", tag="ready"):
    """A test has called ``benchmark`` and waits for its turns.

    A turn of n counts n times ``calls`` calls. No more than ``rounds`` may be asked for in all, if there is a limit.
    """

    group: str | None
    calls: int
    rounds: int | None


class Turn(Struct, frozen=True, tag_field="event", tag="turn"):
    """A turn took ``seconds`` by the benchmark's timer, and ``wall`` seconds with what its set-up needs."""

    seconds: float
    wall: float


class Done(Struct, frozen=True, tag_field="event", tag="done"):
    """A test is over. ``message`` is the error on one line, ``details`` all that pytest has to say.

    ``about`` describes the benchmark in pytest-benchmark's own JSON; None if the test never called it.
    """

    outcome: str
    message: str
    details: str
    about: str | None
    foreign: str


class End(Struct, frozen=True, tag_field="event", tag="end"):
    """The session is over, with pytest's exit code."""

    code: int


Message = Collected | Ready | Turn | Done | End


class Measured(Struct, frozen=True):
    """What is known of a benchmark of the head: for its report. ``data`` are seconds per call."""

    about: str
    iterations: int
    data: tuple[float, ...]


class Order(Struct, frozen=True, kw_only=True):
    """The first message to a worker: how to start pytest.

    ``folder`` and ``other`` are the roots of this side and of the other one (empty: there is none). With a ``report``
    the session runs nothing and lets pytest-benchmark write these.
    """

    arguments: tuple[str, ...]
    folder: str
    other: str
    seed: int
    report: tuple[Measured, ...] | None = None


class Run(Struct, frozen=True):
    """Run these benchmarks in this order."""

    run: tuple[str, ...]


class TakeTurn(Struct, frozen=True):
    """Run the benchmark ``turn`` times (0: finish the test), and a share of that on top to try out the gate.

    ``processor`` is where to begin, None for anywhere.
    """

    turn: int
    processor: int | None = None
    slowdown: float = 0.0


Command = Order | Run | TakeTurn
