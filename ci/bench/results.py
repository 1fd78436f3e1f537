"""What the gate has to say: an answer for each benchmark, and all of them together."""

from typing import Literal

from msgspec import Struct

#: ``slower`` and ``faster`` are beyond the tolerance, ``same`` is within; ``unsure``: the budget was spent before that
#: was clear. ``new`` and ``gone`` are on one side only; ``broken`` raised, hung or died on at least one.
Answer = Literal["slower", "same", "faster", "unsure", "new", "gone", "broken"]


class Commit(Struct, frozen=True, kw_only=True):
    """One side. ``name`` is what the user called it (``main``, ``HEAD~1``), ``id`` the whole commit id.

    ``dirty``: the working tree held changes that are not committed.
    """

    name: str
    id: str
    dirty: bool = False


class Interval(Struct, frozen=True):
    """Time of head by time of base: the middle, and the ends of its interval. 1.10 is 10 % slower."""

    ratio: float
    low: float
    high: float


class Result(Struct, frozen=True, kw_only=True):
    """What was found about one benchmark.

    ``id`` is pytest's node id, ``group`` that of pytest-benchmark. ``tolerance`` is a share (0.05). ``base`` and
    ``head`` are medians in seconds per call, None where that side was not measured; ``interval`` is None unless both
    were. ``pairs`` counts process pairs, ``turns`` those of both sides together. ``message`` says what people need to
    know beside the answer: what was raised and where.
    """

    id: str
    group: str | None
    answer: Answer
    tolerance: float
    interval: Interval | None = None
    base: float | None = None
    head: float | None = None
    pairs: int = 0
    turns: int = 0
    message: str = ""


class Comparison(Struct, frozen=True, kw_only=True):
    """All results of one ``ci bench``, in the order in which the benchmarks were collected.

    ``seconds`` is the time that measuring took, set-up not counted; ``time`` when it began, in UTC (ISO 8601).
    """

    base: Commit | None
    head: Commit
    results: tuple[Result, ...]
    seconds: float
    time: str
    machine: str

    def exit_code(self, *, strict: bool = False) -> int:
        """1 if a benchmark is slower or broken, or with ``strict`` unsure; else 0."""
        failing = {"slower", "broken", "unsure"} if strict else {"slower", "broken"}
        return int(any(result.answer in failing for result in self.results))
