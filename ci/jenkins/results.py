"""What the client answers: frozen values that `msgspec.json.encode` turns into what ``--json`` prints."""

from datetime import datetime
from typing import ClassVar, Literal

from msgspec import Struct

#: In the order in which they get worse. A running build may have one already, and can then only get worse.
Result = Literal["SUCCESS", "UNSTABLE", "FAILURE", "NOT_BUILT", "ABORTED"]

#: What a parameter of a build may be given as. A sequence is joined by commas, as multiple-choice parameters want it.
ParameterValue = str | bool | int | float | list[str] | tuple[str, ...]

#: Which build `JenkinsClient.latest` looks for: ``stable`` is SUCCESS only, ``successful`` SUCCESS or UNSTABLE.
Kind = Literal["any", "completed", "successful", "stable", "unstable", "unsuccessful", "failed"]

#: How hard to stop a build: ask it, end its steps, end the build whatever it does.
StopMode = Literal["stop", "term", "kill"]

_EXIT_CODES = {"SUCCESS": 0, "UNSTABLE": 10, "FAILURE": 11, "ABORTED": 12, "NOT_BUILT": 13}


class Queued(Struct, frozen=True):
    """An item of the queue. ``merged``: an equal one was waiting already, and this one was joined to it.

    ``job`` is the job's full name as in `Build.job`.
    """

    id: int
    job: str
    merged: bool = False


class Given(Struct, frozen=True):
    """A parameter of a build. ``value`` is None for passwords and files, which Jenkins does not tell."""

    name: str
    value: str | bool | int | float | None = None


class TestCounts(Struct, frozen=True):
    """How many tests a build ran, failed and skipped."""

    __test__: ClassVar[bool] = False
    total: int
    failed: int
    skipped: int


class Build(Struct, frozen=True):
    """A build. Done means that ``building`` is false: a running one may have a ``result`` already.

    ``job`` is the full name: ``folder/app``, or ``folder/app/feature%2Flogin`` for a branch. ``url`` is for a browser.
    ``duration`` (of a running build: until it was asked, by the server's clock) and ``estimate`` (None if unknown)
    are in seconds.
    ``parameters``, ``causes``, ``description``, ``tests``, ``estimate`` and ``queue_id`` are left out of lists.
    """

    job: str
    number: int
    url: str
    building: bool
    result: Result | None
    started: datetime
    duration: float
    estimate: float | None = None
    queue_id: int | None = None
    description: str | None = None
    parameters: tuple[Given, ...] = ()
    causes: tuple[str, ...] = ()
    tests: TestCounts | None = None

    @property
    def name(self) -> str:
        """As people say it: ``folder/app #12``."""
        return f"{self.job} #{self.number}"

    @property
    def exit_code(self) -> int:
        """8 while it runs; then 0 SUCCESS, 10 UNSTABLE, 11 FAILURE, 12 ABORTED, 13 NOT_BUILT."""
        return 8 if self.building or self.result is None else _EXIT_CODES[self.result]


class Parameter(Struct, frozen=True):
    """A parameter that a job takes. ``type`` is Jenkins' name without ``ParameterDefinition``: String, Choice, File.

    ``choices`` is empty unless only those are allowed. Jenkins does not tell the default of a password.
    """

    name: str
    type: str
    default: str | bool | int | float | None = None
    choices: tuple[str, ...] = ()
    description: str = ""


class JobSummary(Struct, frozen=True):
    """A job in a list. ``name`` is the full name as in `Build.job`; ``branch`` is set for a job of a branch.

    ``last``: how the last finished build ended; None for folders and for jobs without one.
    """

    name: str
    kind: Literal["job", "folder", "multibranch"]
    branch: str | None = None
    last: Result | None = None
    running: bool = False
    disabled: bool = False


class LintResult(Struct, frozen=True):
    """What the server's validator says of a Jenkinsfile."""

    valid: bool
    errors: tuple[str, ...] = ()


class JobChange(Struct, frozen=True):
    """What `JenkinsClient.upsert` does or would do.

    ``differences`` are in words, a line each; ``diff`` is a unified diff of the XML; ``config`` is what is sent.
    """

    job: str
    action: Literal["create", "update", "none"]
    differences: tuple[str, ...]
    diff: str
    config: str


class ServerStatus(Struct, frozen=True):
    """``version`` of Jenkins; ``quieting_down``: it starts no builds, because of ``reason`` if one is given."""

    version: str
    quieting_down: bool = False
    reason: str | None = None
