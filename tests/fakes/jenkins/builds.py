"""One build, whose state follows from the time alone, apart from what people do to it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.fakes.jenkins.outcome import Input, Outcome

if TYPE_CHECKING:
    from tests.fakes.jenkins.items import Job

PERMALINKS: dict[str, Callable[[Build], bool]] = {
    "lastBuild": lambda build: True,
    "lastCompletedBuild": lambda build: not build.building,
    "lastSuccessfulBuild": lambda build: not build.building and build.result in ("SUCCESS", "UNSTABLE"),
    "lastStableBuild": lambda build: not build.building and build.result == "SUCCESS",
    "lastUnstableBuild": lambda build: not build.building and build.result == "UNSTABLE",
    "lastUnsuccessfulBuild": lambda build: not build.building and build.result != "SUCCESS",
    "lastFailedBuild": lambda build: not build.building and build.result == "FAILURE",
}


@dataclass
class Build:
    """A build that began at ``started`` and goes as its outcome says; times are seconds of the scenario."""

    job: Job
    number: int
    started: float
    outcome: Outcome
    parameters: dict[str, Any]
    queue_id: int = -1
    cause: str = "Started by user Alice"
    script: str | None = None
    """The text that a replay brought."""
    settled: dict[str, tuple[float, bool]] = field(default_factory=dict)
    """When each input was answered, and whether with yes."""
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What each input was answered with."""
    aborts: list[str] = field(default_factory=list)
    """The ways in which somebody tried to end it."""
    ended_by_hand: float = math.inf
    log_override: bytes | None = None
    """Another log than the outcome's, as after a crash."""

    @property
    def now(self) -> float:
        """The time."""
        return self.job.world.clock.now()

    @property
    def url(self) -> str:
        """The address as the server believes it."""
        return f"{self.job.url}{self.number}/"

    def progress(self) -> float:
        """Seconds that it really ran: not those in which it waited for an answer."""
        ran = min(self.now, self.ended_by_hand) - self.started
        for question in sorted(self.outcome.inputs, key=lambda one: one.at):
            if ran <= question.at:
                break
            if question.id not in self.settled:
                return question.at
            ran = max(question.at, ran - (self.settled[question.id][0] - self._asked_at(question)))
        return max(ran, 0.0)

    def _asked_at(self, question: Input) -> float:
        earlier = [one for one in self.outcome.inputs if one.at < question.at and one.id in self.settled]
        return self.started + question.at + sum(self.settled[one.id][0] - self._asked_at(one) for one in earlier)

    @property
    def paused(self) -> Input | None:
        """The question it waits for."""
        if not self.building:
            return None
        reached = [one for one in self.outcome.inputs if one.id not in self.settled and one.at <= self.progress()]
        return min(reached, key=lambda one: one.at, default=None)

    @property
    def ended(self) -> float:
        """When it ended or will end; infinite while it waits for an answer."""
        if self.ended_by_hand < math.inf:
            return self.ended_by_hand
        if any(one.id not in self.settled for one in self.outcome.inputs):
            return math.inf
        waited = sum(self.settled[one.id][0] - self._asked_at(one) for one in self.outcome.inputs)
        return self.started + self.outcome.duration + waited

    @property
    def building(self) -> bool:
        """Whether it runs."""
        return self.now < self.ended

    @property
    def in_progress(self) -> bool:
        """Whether it is not quite over yet."""
        return self.now < self.ended + self.outcome.lingers

    @property
    def result(self) -> str | None:
        """The result so far; it may be there while the build runs."""
        if self.building:
            return self.outcome.result if self.progress() >= self.outcome.result_at else None
        return "ABORTED" if self.ended_by_hand < math.inf else self.outcome.result

    @property
    def duration(self) -> float:
        """Seconds from start to end; 0 while it runs."""
        return 0.0 if self.building else self.ended - self.started

    def end(self, how: str) -> None:
        """Somebody wants it to end by stop, term or kill."""
        self.aborts.append(how)
        if self.building and how not in self.outcome.ignores:
            self.ended_by_hand = min(self.ended_by_hand, self.now + (self.outcome.stop_takes if how == "stop" else 0))

    def settle(self, question: Input, *, proceed: bool) -> None:
        """Somebody answered."""
        self.settled[question.id] = (self.now, proceed)
        if not proceed:
            self.ended_by_hand = self.now

    def log(self) -> bytes | None:
        """What is in the log file so far; None as long as there is no file."""
        if self.log_override is not None:
            return self.log_override
        whole, ran = self.outcome.log, self.progress()
        over = not self.building and self.ended_by_hand == math.inf
        if not isinstance(whole, bytes):
            written = [piece for when, piece in whole if over or when <= ran]
            return b"".join(written) if written or over or not whole else None
        if over or not self.outcome.duration:
            return whole
        reached = int(len(whole) * min(ran / self.outcome.duration, 1.0))
        return whole[: whole.rfind(b"\n", 0, reached) + 1]


def find_build(builds: list[Build], name: str) -> Build | None:
    """The build of a number or permalink."""
    if name in PERMALINKS:
        return next((build for build in reversed(builds) if PERMALINKS[name](build)), None)
    if not name.isascii() or not name.isdigit():
        return None
    return next((build for build in builds if build.number == int(name)), None)
