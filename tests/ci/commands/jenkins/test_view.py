"""``ci jenkins view``: the picture of a build, and its parts."""

import json
from typing import Any

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import Case, Input, JenkinsDouble, Outcome, Parameter, Stage

BROKEN: dict[str, Any] = {
    "duration": 65.0, "result": "FAILURE",
    "stages": [
        Stage("lint", 13.0, log=b"fine\n"), Stage("test \x1b[31m\u00e4", 39.0, "FAILED", b"collected 3\nE  1 != 2\n",
                                                  "script returned exit code 1"),
        Stage("deploy", 13.0, "NOT_EXECUTED"),
    ],
    "tests": [
        Case("tests.test_app", "test_login", "FAILED", error="AssertionError: 1 != 2\nassert 1 == 2", trace="E"),
        Case("tests.test_app", "test_logout"), Case("tests.test_app", "test_later", "SKIPPED"),
    ],
    "artifacts": {"reports/junit.xml": b"<x/>", "dist/\u00e4pp.tar": b"x"},
    "log": b"".join(b"line %d\n" % number for number in range(1000)),
}
PARTS = ("log", "failed")


@pytest.fixture
def build(jenkins: JenkinsDouble) -> None:
    """``folder/app #2``, which failed, after one that did not."""
    job = jenkins.add_job("folder/app", [Parameter("ENVIRONMENT"), Parameter("DRY", kind="Boolean"),
                                         Parameter("PASSWORD", kind="Password")])
    job.add_build(duration=65.0)
    job.add_build({"ENVIRONMENT": "staging\x1b[2J", "DRY": True, "PASSWORD": "sesame"}, **BROKEN)


def test_view_shows_what_a_build_did(jenkins: JenkinsDouble, console: Console, build: None) -> None:
    done = console("view", "folder/app")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"""\
✗ folder/app #2: FAILURE in 1 min 05 s (usually 1 min 05 s)
  {jenkins.url}job/folder/job/app/2/
  started 2026-11-17 11:07:34; Started by user Alice

Parameters
  ENVIRONMENT  staging
  DRY          true
  PASSWORD     (not shown)

Stages
✓ lint            13 s  ██████████
✗ test ä          39 s            ██████████████████████████████
    script returned exit code 1
- deploy  not executed

Tests
  1 of 3 tests failed, 1 skipped
✗ tests.test_app.test_login
    AssertionError: 1 != 2
    assert 1 == 2

Artifacts
  reports/junit.xml
  dist/äpp.tar
"""


def test_view_in_ascii_where_the_output_knows_nothing_else(ci: Shell, build: None) -> None:
    done = ci("view", "folder/app", "--stages", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, """\
+ lint            13 s  ##########
x test ?          39 s            ##############################
    script returned exit code 1
- deploy  not executed
""")


def test_failed_shows_just_the_log_of_the_stage_that_failed(console: Console, build: None) -> None:
    done = console("view", "folder/app", "failed", "--failed")
    assert (done.returncode, done.stdout) == (0, "── test ä ──\ncollected 3\nE  1 != 2\n")


def test_failed_is_the_end_of_the_log_where_no_stages_are_known(
    jenkins: JenkinsDouble, console: Console, build: None
) -> None:
    del jenkins.plugins["pipeline-stage-view"], jenkins.plugins["pipeline-graph-view"]
    lines = console("view", "folder/app", "--failed").stdout.splitlines()
    assert (lines[0], lines[-1], len(lines)) == ("── the end of the log ──", "line 999", 51)
    fine = console("view", "folder/app", "1", "--failed")
    assert fine.stdout == "nothing failed: ✓ folder/app #1: SUCCESS in 1 min 05 s (usually 1 min 05 s)\n"


def test_tests_lists_those_that_passed_too(console: Console, build: None) -> None:
    done = console("view", "folder/app", "--tests")
    assert done.stdout == """\
  1 of 3 tests failed, 1 skipped
✗ tests.test_app.test_login
    AssertionError: 1 != 2
    assert 1 == 2
✓ tests.test_app.test_logout
- tests.test_app.test_later
"""


def test_json_has_everything(console: Console, build: None) -> None:
    told = json.loads(console("view", "folder/app", "--json").stdout)
    assert sorted(told) == ["artifacts", "build", "inputs", "stages", "tests"]
    assert told["build"]["parameters"][2] == {"name": "PASSWORD", "value": None}
    assert told["artifacts"] == [{"path": "reports/junit.xml"}, {"path": "dist/äpp.tar"}]
    assert [stage["duration"] for stage in told["stages"] if stage["status"] in ("success", "failed")] == [13.0, 39.0]
    assert [case["name"] for case in told["tests"]["cases"]] == ["test_login"]


def test_json_of_a_part_has_that_part(console: Console, build: None) -> None:
    keys = {part: list(json.loads(console("view", "folder/app", f"--{part}", "--json").stdout)) for part in PARTS}
    assert keys == {part: ["build", part] for part in PARTS}


def test_a_build_that_waits_says_how_to_let_it_go_on(jenkins: JenkinsDouble, console: Console) -> None:
    waits = Outcome(duration=60.0, inputs=[Input("deploy", "Deploy to production?")])
    jenkins.add_job("app").start(jenkins.clock.now(), waits, {})
    assert console("view", "app").stdout.splitlines()[3:] == [
        "? waits for approval: Deploy to production?", "  ci jenkins approve app 1 --id Deploy",
    ]


def test_what_is_not_there_is_exit_3(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("folder/app").add_build()
    for arguments in (["view", "nope"], ["view", "folder/app", "7"], ["latest", "folder/app", "--failed"]):
        done = console(*arguments)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)
