"""What is in a build: stages, tests, files, questions, its log. Frozen values as in `results`."""

from datetime import datetime
from typing import ClassVar, Literal

from msgspec import Struct

from ci.jenkins.results import Parameter, TestCounts

StageStatus = Literal["not executed", "running", "paused", "success", "unstable", "failed", "aborted", "skipped"]


class Stage(Struct, frozen=True):
    """A stage of a build. Times in seconds; ``paused`` is the part of ``duration`` that it waited for people.

    ``error`` is Jenkins' message for a failed one.
    """

    id: str
    name: str
    status: StageStatus
    started: datetime | None = None
    duration: float = 0.0
    paused: float = 0.0
    error: str | None = None


class TestCase(Struct, frozen=True):
    """One test. ``age``: for how many builds it has failed; ``failed_since``: in which build that began."""

    __test__: ClassVar[bool] = False
    suite: str
    class_name: str
    name: str
    status: Literal["passed", "failed", "skipped"]
    duration: float
    age: int = 0
    failed_since: int | None = None
    message: str | None = None
    stack: str | None = None


class TestReport(Struct, frozen=True):
    """The tests of a build; ``cases`` are those that were asked for, ``counts`` all."""

    __test__: ClassVar[bool] = False
    counts: TestCounts
    duration: float
    cases: tuple[TestCase, ...]


class Artifact(Struct, frozen=True):
    """A file that a build kept. ``path`` is as the server gives it: not to be trusted as a file name."""

    path: str


class InputRequest(Struct, frozen=True):
    """A build waits for somebody to decide. ``parameters`` may be given with the approval."""

    id: str
    message: str
    proceed: str = "Proceed"
    parameters: tuple[Parameter, ...] = ()


class LogPart(Struct, frozen=True):
    """A piece of a log, its bytes as they are in it; ``next`` is where the following one starts, for ``start=``."""

    data: bytes
    next: int

    @property
    def text(self) -> str:
        """For people; what is not UTF-8 becomes U+FFFD."""
        return self.data.decode("utf-8", "replace")


class StageHeading(Struct, frozen=True):
    """Among a log's text: here the stage ``name`` begins."""

    name: str
