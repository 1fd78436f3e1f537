"""How a build goes once it is triggered: plain data that a test writes down."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

#: A log is one text, written evenly while the build runs, or (seconds since the start, text) pairs.
Log = bytes | Sequence[tuple[float, bytes]]


@dataclass(frozen=True)
class Stage:
    """A stage that takes ``seconds``; ``status`` as the stage view says it (FAILED, not FAILURE)."""

    name: str
    seconds: float = 10.0
    status: str = "SUCCESS"
    log: bytes = b""
    error: str | None = None


@dataclass(frozen=True)
class Case:
    """A test case; ``status`` is PASSED, FAILED, SKIPPED, FIXED or REGRESSION."""

    class_name: str
    name: str
    status: str = "PASSED"
    seconds: float = 0.1
    error: str | None = None
    trace: str | None = None
    stdout: str | None = None
    suite: str = "tests"


@dataclass(frozen=True)
class Input:
    """A question that stops the build ``at`` seconds after its start until somebody answers."""

    id: str
    message: str = "Go on?"
    at: float = 0.0
    parameters: Sequence[str] = ()
    proceed: str = "Proceed"
    denied: bool = False
    """Whether this user may not answer."""


@dataclass(frozen=True)
class Outcome:
    """All that happens to a triggered build, in seconds of the scenario."""

    quiet: float = 5.0
    """The quiet period, unless the request brings its own."""
    blocked: float = 0.0
    """Seconds as a blocked item, after the quiet period."""
    buildable: float = 0.0
    """Seconds without an executor, after that; ``math.inf`` waits for ever."""
    gap: float = 0.0
    """Seconds between leaving the queue and the start of the build: the executable is null then."""
    cancel_after: float = math.inf
    """Somebody cancels the item so many seconds after it came."""
    duration: float = 30.0
    result: str = "SUCCESS"
    result_at: float = math.inf
    """Seconds after the start when the result is set though the build goes on."""
    lingers: float = 0.0
    """Seconds that a Freestyle build is still in progress after it stopped building."""
    log: Log = b""
    artifacts: Mapping[str, bytes] = field(default_factory=dict)
    stages: Sequence[Stage] = ()
    tests: Sequence[Case] = ()
    inputs: Sequence[Input] = ()
    ignores: Sequence[str] = ()
    """Which of stop and term the build does not heed."""
    stop_takes: float = 1.0
    description: str | None = None
    display_name: str | None = None
    keep: bool = False


def outcome(**changes: Any) -> Outcome:
    """An outcome that lasts as long as its stages, if nothing else is said."""
    if changes.get("stages"):
        changes.setdefault("duration", sum(stage.seconds for stage in changes["stages"]))
    return Outcome(**changes)
