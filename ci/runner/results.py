"""What a run is asked for and what came out of it. Also the JSON that programs read."""

from typing import Literal

import msgspec
from msgspec import Struct

Verdict = Literal["success", "failure", "timed-out", "skipped", "cancelled", "not-run"]


class Options(Struct, frozen=True, kw_only=True):
    """How to run.

    ``names`` selects stages, jobs or single matrix cells (none: all). ``clean`` takes the commit instead of the
    working tree, and fresh environments. ``jobs`` is how many may run at the same time (default: the cores).
    ``timeout_scale`` multiplies every time limit. ``arguments`` go to the last command of the one job that is selected;
    what comes of it is not the job's result: a later run knows nothing of it.
    """

    names: tuple[str, ...] = ()
    only_failed: bool = False
    clean: bool = False
    keep_going: bool = False
    jobs: int | None = None
    timeout_scale: float = 1.0
    arguments: tuple[str, ...] = ()


class JobResult(Struct, frozen=True, kw_only=True):
    """How one job ended.

    ``allowed``: it failed, and the definition says that it may. ``exit_code`` is that of the command that ended the
    job, ``log`` its whole output as a path below the root.
    """

    name: str
    slug: str
    stage: str
    result: Verdict
    allowed: bool = False
    seconds: float = 0.0
    note: str = ""
    exit_code: int | None = None
    log: str | None = None

    @property
    def passed(self) -> bool:
        """Whether later stages may run. What was skipped counts as passed."""
        return self.result in ("success", "skipped") or self.allowed

    @property
    def failed(self) -> bool:
        """Whether the job itself is to blame, allowed or not."""
        return self.result in ("failure", "timed-out")


class Result(Struct, frozen=True, kw_only=True):
    """How a run ended. ``commit`` is HEAD's full id; ``dirty`` says that the working tree differed from it.

    ``notices`` are texts that jobs left for the end (CI_NOTICE_FILE). ``signal`` is the one that ended the run.
    """

    result: Literal["success", "failure", "cancelled"]
    commit: str
    dirty: bool
    seconds: float
    jobs: tuple[JobResult, ...]
    notices: tuple[str, ...] = ()
    signal: int = 0

    @property
    def exit_code(self) -> int:
        """0, 1 for a failed job, 128 + signal for an interrupted run (Ctrl-C: 130)."""
        return 128 + self.signal if self.signal else int(self.result != "success")


def verdict(jobs: tuple[JobResult, ...], *, signal: int) -> Literal["success", "failure", "cancelled"]:
    """The verdict of a whole run."""
    if signal:
        return "cancelled"
    return "success" if all(job.passed for job in jobs) else "failure"


def to_json(result: Result) -> str:
    """The result for programs, one key per line."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode()
