"""The queue: items wait, become builds, and are forgotten."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.jenkins.builds import Build
from tests.fakes.jenkins.outcome import Outcome

if TYPE_CHECKING:
    from tests.fakes.jenkins.items import Job
    from tests.fakes.jenkins.world import World

LIFETIME = 300.0
"""Seconds that an item is remembered after it left."""


@dataclass
class QueueItem:
    """One entry; times are seconds of the scenario."""

    id: int
    job: Job
    outcome: Outcome
    parameters: Mapping[str, Any]
    created: float
    quiet_until: float
    cause: str = "Started by user Alice"
    script: str | None = None
    left: float | None = None
    cancelled: bool = False
    build: Build | None = None
    merged: int = 0
    """How many later triggers were folded into it."""

    @property
    def blocked_until(self) -> float:
        """When nothing blocks it any more."""
        return self.quiet_until + self.outcome.blocked

    @property
    def due(self) -> float:
        """When it leaves, if nothing holds it."""
        return self.blocked_until + self.outcome.buildable

    def state(self, now: float) -> str:
        """Waiting, Blocked, Buildable or Left."""
        if self.left is not None:
            return "Left"
        if now < self.quiet_until or self.job.world.quieting:
            return "Waiting"
        return "Blocked" if now < self.blocked_until else "Buildable"

    def cancel(self, now: float) -> None:
        """Take it out of the queue."""
        self.left, self.cancelled = now, True


class Queue:
    """All items that are not forgotten."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.items: dict[int, QueueItem] = {}
        self.lifetime = LIFETIME
        self._next = 1001
        self._released = 0.0

    def schedule(
        self,
        job: Job,
        parameters: Mapping[str, Any],
        quiet: float | None = None,
        *,
        script: str | None = None,
        cause: str = "Started by user Alice",
    ) -> tuple[QueueItem, bool]:
        """The item for these parameters, and whether it is new; an equal one in the queue takes this in."""
        now = self.world.clock.now()
        until = now + (job.outcome.quiet if quiet is None else quiet)
        for item in self.waiting():
            if item.job is job and item.parameters == parameters and item.script == script:
                item.merged += 1
                item.quiet_until = min(item.quiet_until, until)
                return item, False
        item = QueueItem(self._next, job, job.outcome, parameters, now, until, cause, script)
        self._next += 1
        self.items[item.id] = item
        return item, True

    def waiting(self) -> list[QueueItem]:
        """The items that did not leave, the newest first as Jenkins lists them."""
        return [item for item in reversed(self.items.values()) if item.left is None]

    def of(self, job: Job) -> QueueItem | None:
        """The item that waits for a job."""
        return next((item for item in self.waiting() if item.job is job), None)

    def release(self) -> None:
        """What was held may go from now on."""
        self._released = self.world.clock.now()

    def settle(self) -> None:
        """Let happen what is due: items are cancelled, leave, become builds and are forgotten."""
        now = self.world.clock.now()
        for item in sorted(self.items.values(), key=lambda one: one.due):
            limit = item.created + item.outcome.cancel_after
            if item.left is None and limit <= min(now, item.due):
                item.cancel(limit)
            elif item.left is None and item.due <= now and not self.world.quieting:
                item.left = max(item.due, self._released)
            if item.left is not None and not item.cancelled and item.build is None:
                self._start(item, item.left + item.outcome.gap, now)
        for item in list(self.items.values()):
            if item.left is not None and now - item.left > self.lifetime:
                if item.build is not None or item.cancelled or item.outcome.gap == math.inf:
                    del self.items[item.id]

    def _start(self, item: QueueItem, when: float, now: float) -> None:
        if when <= now:
            item.build = item.job.start(when, item.outcome, item.parameters, item.id)
            item.build.cause, item.build.script = item.cause, item.script

    def restart(self) -> None:
        """Items that left are not kept over a restart; the others are."""
        self.settle()
        self.items = {number: item for number, item in self.items.items() if item.left is None}
