"""What the tests of a build said."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.jenkins import objects
from tests.fakes.jenkins.build_view import count
from tests.fakes.jenkins.messages import Response
from tests.fakes.jenkins.outcome import Case
from tests.fakes.jenkins.routing import BUILD, Call
from tests.fakes.jenkins.tree import Bean, bean


@BUILD.add("GET", "testReport/api/json", "testReport/api/python", plugin="junit")
def report(call: Call) -> Response:
    """All cases, by suite; 404 for a build without tests."""
    cases = call.build.outcome.tests
    if not cases or call.build.building:
        raise call.not_found()
    totals = count(cases)
    names = list(dict.fromkeys(case.suite for case in cases))
    shown = {
        "testActions": [],
        "duration": _seconds(cases),
        "empty": False,
        "failCount": totals["failCount"],
        "passCount": totals["totalCount"] - totals["failCount"] - totals["skipCount"],
        "skipCount": totals["skipCount"],
        "suites": [_suite(name, [case for case in cases if case.suite == name], call.build.number) for name in names],
    }
    return objects.answer(call, bean("hudson.tasks.junit.TestResult", 9, **shown))


def _seconds(cases: Sequence[Case]) -> float:
    return round(sum(case.seconds for case in cases), 3)


def _suite(name: str, cases: list[Case], number: int) -> Bean:
    shown = {"cases": [_case(case, number) for case in cases], "duration": _seconds(cases)}
    empty: dict[str, Any] = {"enclosingBlockNames": [], "enclosingBlocks": [], "id": None, "nodeId": None}
    return bean(None, 9, **shown, **empty, name=name, stderr=None, stdout=None, timestamp=None)


def _case(case: Case, number: int) -> Bean:
    failed = case.status in ("FAILED", "REGRESSION")
    return bean(
        None,
        9,
        testActions=[],
        age=1 if failed else 0,
        className=case.class_name,
        duration=case.seconds,
        errorDetails=case.error,
        errorStackTrace=case.trace,
        failedSince=number if failed else 0,
        name=case.name,
        properties={},
        skipped=case.status == "SKIPPED",
        skippedMessage=case.error if case.status == "SKIPPED" else None,
        status=case.status,
        stderr=None,
        stdout=case.stdout,
    )
