"""The order of the work: pairs for what is open, a second look at what fails, the head alone for what is new."""

import math
import random
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from ci.bench import turns
from ci.bench.decision import Verdict, judge
from ci.bench.inventory import take_stock
from ci.bench.messages import Collected, Measured, Ready
from ci.bench.pair import Outcome, Pair
from ci.bench.process import WorkerFault
from ci.bench.record import Record
from ci.bench.results import Answer, Result
from ci.bench.sessions import Sessions, collected, no_beginning
from ci.bench.settings import Progress, Settings, Side
from ci.bench.turns import Played, Player
from ci.errors import UsageError

#: The budget, in pairs: a process pair gives each benchmark its part of the budget divided by this. Three or four pairs
#: are enough for most; the rest of the budget is for starting them, and for benchmarks near the limit. Many pairs with
#: few turns say more than few with many.
_PAIRS = 16
#: How much longer than the budget it may take to confirm a suspicion, as a share: silence would let a slow commit pass.
_OVERTIME = 0.5
#: What pytest-benchmark says in this case, and pytest-benchmark lets it pass.
UNUSED = "Benchmark fixture was not used at all in this test!"
#: Seconds for a benchmark that is measured without another side.
_ALONE = 0.25


class Comparing:
    """One comparison while it lasts. The records are in the order of the results."""

    def __init__(
        self, base: Side | None, head: Side, settings: Settings, folder: Path, watch: Callable[[Progress], None]
    ) -> None:
        self._base, self._head, self._settings, self._watch = base, head, settings, watch
        self._dice = random.Random(settings.seed)
        self._sessions = Sessions(settings, folder, self._dice)
        self._records: dict[str, Record] = {}
        self._verdicts: dict[str, Verdict] = {}
        self._failures: dict[str, dict[str, str]] = {"head": {}, "base": {}}
        self._pairs = 0
        self._began = math.inf
        self._share = _ALONE

    def run(self) -> None:
        """Measure until all is clear or the budget is spent."""
        why = self._in_pairs(self._base) if self._base else ""
        if not self._pairs:
            self.tell("collecting")
            with self._sessions.open([self._head]) as session:
                self._take_stock(collected(session), why)
        self._new()

    def results(self) -> tuple[Result, ...]:
        """The answers."""
        records = self._records.values()
        return tuple(record.result(self._verdicts.get(record.id), self._settings.budget) for record in records)

    def measured(self) -> list[Measured]:
        """What the report of the head is made of."""
        return [measured for record in self._records.values() if (measured := record.measured())]

    def tell(self, step: str, id: str = "") -> None:
        """Say where it is."""
        decided = sum(record.answer is not None or self._is_decided(record) for record in self._records.values())
        seconds = max(time.monotonic() - self._began, 0.0)
        self._watch(Progress(step=step, id=id, decided=decided, total=len(self._records), seconds=seconds))

    # Pairs

    def _in_pairs(self, base: Side) -> str:
        """Compare with ``base``. Returns why that can't be done, if it can't."""
        while not self._pairs or self._open() and not self._is_late():
            self.tell(f"process pair {self._pairs + 1}")
            sides = [base, self._head] if self._pairs % 2 == 0 else [self._head, base]
            with self._sessions.open(sides) as pair:
                try:
                    found = pair.collect()
                except WorkerFault as fault:
                    return self._without(fault)
                if not self._pairs:
                    self._take_stock(found)
                self._run(pair)
            self._pairs += 1
            began = time.monotonic()
            self._look_again(base)
            self._began += time.monotonic() - began
            self._verdicts = judge({one.id: one.evidence for one in self._records.values() if one.answer is None})
        return ""

    def _without(self, fault: WorkerFault) -> str:
        """A session could not begin. In the first pair that says why the base is none; later it ends what is open."""
        why = no_beginning(fault)
        if self._pairs:
            answer: Answer = "broken" if fault.side == "head" else "unsure"
            for id in self._open():
                self._records[id].settle(answer, f"in process pair {self._pairs + 1} {why}")
        elif fault.side == "head":
            raise UsageError(why) from None
        return f"nothing to compare with: {why}"

    def _run(self, pair: Pair) -> None:
        """What is open, once. The budget does not pay for a benchmark that hangs: the others get all of it."""
        began = time.monotonic()
        for outcome in pair.run(self._open(), self._take_turns):
            if outcome.fault:
                self._began += time.monotonic() - began
            self._note(outcome)
            if self._pairs and self._is_late():
                break
            began = time.monotonic()

    def _take_stock(self, found: Mapping[str, Collected], why: str = "") -> None:
        stock = take_stock(found["head"], found.get("base"), self._settings, why=why)
        self._records = {record.id: record for record in stock}
        self._began = time.monotonic()
        self._share = self._settings.budget / _PAIRS / max(len(self._open()), 1)

    def _open(self) -> list[str]:
        """What needs more pairs: first what had fewest."""
        wanted = [one for one in self._records.values() if one.answer is None and not self._is_decided(one)]
        if self._pairs and time.monotonic() >= self._began + self._settings.budget:
            wanted = [one for one in wanted if self._is_suspected(one)]
        return [record.id for record in sorted(wanted, key=lambda record: len(record.readings))]

    def _is_decided(self, record: Record) -> bool:
        verdict = self._verdicts.get(record.id)
        return verdict is not None and verdict.state not in ("open", "suspected")

    def _is_suspected(self, record: Record) -> bool:
        verdict = self._verdicts.get(record.id)
        return verdict is not None and verdict.state == "suspected"

    def _is_late(self) -> bool:
        suspected = any(map(self._is_suspected, self._records.values()))
        return time.monotonic() >= self._began + self._settings.budget * (1 + _OVERTIME * suspected)

    def _take_turns(self, id: str, players: Mapping[str, Player], ready: Mapping[str, Ready]) -> Played:
        self.tell(f"process pair {self._pairs + 1}", id)
        until = time.monotonic() + self._share
        return turns.take(players, ready, count=self._records[id].count, until=until, dice=self._dice)

    def _note(self, outcome: Outcome) -> None:
        for name, message in outcome.failures().items():
            self._failures[name][outcome.id] = message
        if outcome.failures():
            return
        record, head, base = self._records[outcome.id], outcome.done["head"], outcome.done["base"]
        if outcome.played:
            record.add(outcome.played, outcome.group, head.about)
        elif head.outcome == base.outcome == "skipped":
            del self._records[outcome.id]
        elif head.outcome == "skipped":
            record.settle("gone", f"skipped now: {head.message}")
        elif base.outcome == "skipped":
            record.settle("new", f"nothing to compare with: skipped on the base: {base.message}")
        else:
            record.settle("unsure", UNUSED)

    # Sides alone

    def _look_again(self, base: Side) -> None:
        """What failed in a pair may have failed because there was another side: see whether it fails alone."""
        for side in (self._head, base):
            failures, self._failures[side.name] = self._failures[side.name], {}
            suspects = [id for id in failures if self._records[id].answer is None]
            for outcome in self._sessions.alone(side, suspects, self._briefly):
                record, again = self._records[outcome.id], outcome.failures().get(side.name)
                if not again:
                    record.settle(
                        "unsure", "failed beside the other side, but not alone: do both use the same file, port or "
                        f"database? {failures[outcome.id]}"
                    )
                elif side is base:
                    record.settle("new", f"nothing to compare with: on the base it {again}")
                else:
                    record.settle("broken", again)

    def _new(self) -> None:
        """Run what only the head has: it may be broken, and belongs into the report."""
        new = [record.id for record in self._records.values() if record.answer == "new"]
        for outcome in self._sessions.alone(self._head, new, self._briefly):
            record, failure = self._records[outcome.id], outcome.failures().get("head")
            if failure:
                record.settle("broken", failure)
            elif outcome.played:
                record.add(outcome.played, outcome.group, outcome.done["head"].about)
            elif outcome.done["head"].outcome == "skipped":
                del self._records[outcome.id]
            else:
                record.settle("unsure", UNUSED)

    def _briefly(self, id: str, players: Mapping[str, Player], ready: Mapping[str, Ready]) -> Played:
        self.tell("one side alone", id)
        until = time.monotonic() + _ALONE
        return turns.take(players, ready, count=self._records[id].count, until=until, dice=self._dice)
