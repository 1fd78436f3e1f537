"""What is known so far about one benchmark, and the result that comes of it."""

import statistics
from collections.abc import Mapping

from msgspec import Struct, field

from ci.bench.decision import FEWEST, Evidence, Verdict
from ci.bench.messages import Measured
from ci.bench.results import Answer, Result
from ci.bench.turns import Played


class Record(Struct, kw_only=True):
    """A benchmark while it is measured. With an ``answer`` it is done; without one its readings are judged."""

    id: str
    tolerance: float
    group: str | None = None
    answer: Answer | None = None
    message: str = ""
    count: int | None = None
    iterations: int = 1
    readings: list[float] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"base": [], "head": []})
    about: str | None = None

    @property
    def evidence(self) -> Evidence:
        """For the decision."""
        return Evidence(tuple(self.readings), self.tolerance)

    def settle(self, answer: Answer, message: str) -> None:
        """Give the answer that no reading gives."""
        self.answer, self.message = answer, message

    def add(self, played: Played, group: str | None, about: str | None) -> None:
        """Take what a process pair, or the head alone, has measured."""
        self.group, self.count, self.iterations = group, played.count, played.iterations
        for name, seconds in played.seconds.items():
            self.seconds[name].extend(seconds)
        if len(played.seconds) == 2:
            self.readings.append(played.reading)
        self.about = about or self.about

    def measured(self) -> Measured | None:
        """For the report of the head."""
        if self.about is None or self.answer == "broken" or not self.seconds["head"]:
            return None
        return Measured(self.about, self.iterations, tuple(self.seconds["head"]))

    def result(self, verdict: Verdict | None, budget: float) -> Result:
        """What to tell; ``verdict`` is the last judgement on the readings."""
        answer, message = self.answer, self.message
        if answer is None:
            answer, message = self._judged(verdict, budget)
        return Result(
            id=self.id, group=self.group, answer=answer, tolerance=self.tolerance, message=message,
            interval=verdict.interval if verdict and self.answer is None else None,
            base=_median(self.seconds, "base"), head=_median(self.seconds, "head"),
            pairs=len(self.readings), turns=sum(map(len, self.seconds.values())),
        )

    def _judged(self, verdict: Verdict | None, budget: float) -> tuple[Answer, str]:
        if verdict is None or verdict.state == "open" and len(self.readings) < FEWEST:
            number = len(self.readings)
            return "unsure", f"{number} process pair{'s' * (number != 1)} fitted into the budget of {budget:g} s"
        if verdict.state == "open":
            return "unsure", f"the budget of {budget:g} s was spent"
        if verdict.state == "suspected":
            return "unsure", f"looked slower, but the budget of {budget:g} s was spent before fresh pairs confirmed it"
        if verdict.state == "unsure":
            return "unsure", f"too near the tolerance to tell from {len(self.readings)} process pairs"
        return verdict.state, ""


def _median(seconds: Mapping[str, list[float]], name: str) -> float | None:
    return statistics.median(seconds[name]) if seconds[name] else None
