"""What a comparison is told: two sides, how to measure them, and how it tells where it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field


class Side(Struct, frozen=True, kw_only=True):
    """One of the two checkouts.

    ``folder`` is its root, from which pytest starts; ``python`` the interpreter of the environment with its packages,
    pytest and pytest-benchmark; ``env`` is added to the environment of its processes. The measured code comes from
    ``folder`` (and ``folder/src``) even if the environment has another copy installed.
    """

    name: Literal["base", "head"]
    folder: Path
    python: Path
    env: Mapping[str, str] = field(default_factory=dict)


class Settings(Struct, frozen=True, kw_only=True):
    """How to measure and when to be content.

    ``tolerance`` is the share by which a benchmark may be slower (its marker ``benchmark_gate`` on the head overrides
    it). ``budget`` in seconds is for measuring: it begins when both sides have collected, and stands still while
    something hangs. The first process pair always runs every benchmark, and a suspicion may take half as long again
    to be confirmed. ``hang`` in seconds is the longest that collecting, a fixture or one turn may take. ``select`` is
    an expression for pytest's -k, ``paths`` are what pytest collects, relative to the root. ``seed`` makes the order
    of the turns repeatable (tests). ``slowdown`` is a share that is injected into the head, to try out the gate.
    """

    tolerance: float = 0.05
    budget: float = 60.0
    hang: float = 60.0
    select: str = ""
    paths: tuple[str, ...] = ("tests/benchmarks",)
    seed: int | None = None
    slowdown: float = 0.0


class Progress(Struct, frozen=True, kw_only=True):
    """Where measuring is: for the person who waits.

    ``step`` is what goes on, in words; ``id`` the benchmark that runs, if one does; ``decided`` of ``total``
    benchmarks have their answer. ``seconds`` of the budget are spent.
    """

    step: str
    id: str = ""
    decided: int = 0
    total: int = 0
    seconds: float = 0.0
