"""The tests of a build, as the JUnit plugin keeps them."""

from typing import Literal

from msgspec import Struct

from ci.jenkins.build_contents import TestCase, TestReport
from ci.jenkins.builds import build_path
from ci.jenkins.errors import NotFound
from ci.jenkins.results import Build, TestCounts
from ci.jenkins.transport import Transport

_CASE = "className,name,status,duration,age,failedSince,errorDetails,errorStackTrace,skippedMessage"
_TREE = f"duration,failCount,passCount,skipCount,suites[name,cases[{_CASE}]]"
#: FIXED and REGRESSION come from older versions.
_STATUSES: dict[str, Literal["passed", "failed", "skipped"]] = {
    "PASSED": "passed", "FIXED": "passed", "FAILED": "failed", "REGRESSION": "failed", "SKIPPED": "skipped",
}


class RawCase(Struct, frozen=True, rename="camel"):
    """A test."""

    name: str
    status: str
    class_name: str | None = None
    duration: float = 0.0
    age: int = 0
    failed_since: int = 0
    error_details: str | None = None
    error_stack_trace: str | None = None
    skipped_message: str | None = None


class RawSuite(Struct, frozen=True):
    """A suite."""

    name: str | None = None
    cases: list[RawCase] = []


class RawReport(Struct, frozen=True, rename="camel"):
    """A report."""

    duration: float = 0.0
    fail_count: int = 0
    pass_count: int = 0
    skip_count: int = 0
    suites: list[RawSuite] = []


def of_build(client: Transport, build: Build, *, failed_only: bool) -> TestReport | None:
    """See `Queries.tests`."""
    try:
        raw = client.ask(f"{build_path(build)}testReport/", _TREE, RawReport)
    except NotFound:
        return None
    cases = tuple(_made(suite.name or "", case) for suite in raw.suites for case in suite.cases)
    counts = TestCounts(raw.fail_count + raw.pass_count + raw.skip_count, raw.fail_count, raw.skip_count)
    return TestReport(counts, raw.duration, tuple(one for one in cases if one.status == "failed" or not failed_only))


def _made(suite: str, raw: RawCase) -> TestCase:
    return TestCase(
        suite=suite,
        class_name=raw.class_name or "",
        name=raw.name,
        status=_STATUSES.get(raw.status, "failed"),
        duration=raw.duration,
        age=raw.age,
        failed_since=raw.failed_since or None,
        message=raw.error_details or raw.skipped_message,
        stack=raw.error_stack_trace,
    )
