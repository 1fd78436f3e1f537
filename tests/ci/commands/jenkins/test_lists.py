"""``ci jenkins list``, ``latest`` and ``jobs``."""

import json
import subprocess

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble


def test_list_shows_the_newest_builds_first(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app")
    for number, result in enumerate(["SUCCESS", "FAILURE", "UNSTABLE", "ABORTED"]):
        job.add_build(result=result, duration=10.0 ** number)
    assert console("list", "app", "-n", "3").stdout == """\
-  #4  ABORTED   2026-11-17 10:53:59  16 min 40 s
!  #3  UNSTABLE  2026-11-17 11:07:59  1 min 40 s
✗  #2  FAILURE   2026-11-17 11:08:29  10 s
"""
    assert console("list", "app", "--result", "failure").stdout == "✗  #2  FAILURE  2026-11-17 11:08:29  10 s\n"
    told = json.loads(console("list", "--json", JENKINS_JOB="app").stdout)
    assert [build["number"] for build in told] == [4, 3, 2, 1]


def test_latest_finds_the_newest_of_a_kind(jenkins: JenkinsDouble, console: Console) -> None:
    job = jenkins.add_job("app")
    for result in ("SUCCESS", "UNSTABLE", "FAILURE", "ABORTED"):
        job.add_build(result=result)
    found = {
        option: json.loads(console("latest", "app", *option, "--json").stdout)["number"]
        for option in (("--successful",), ("--failed",), ("--completed",))
    }
    assert found == {("--successful",): 2, ("--failed",): 3, ("--completed",): 4}
    assert console("latest", "app").stdout == f"✓ app #1: SUCCESS in 30 s\n  {jenkins.url}job/app/1/\n"


def test_jobs_are_named_as_the_other_commands_take_them(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job("app").add_build(result="FAILURE")
    jenkins.add_job("folder/new")
    jenkins.add_job("folder/off").disabled = True
    jenkins.add_multibranch("folder/shop", ["feature/login"])
    found = jenkins.find("folder/shop/feature%2Flogin")
    found.add_build()
    assert console("jobs").stdout == """\
✗  FAILURE      app
   folder       folder/
-  not built    folder/new
-  disabled     folder/off
   multibranch  folder/shop
✓  SUCCESS      folder/shop  -b feature/login
"""
    told = json.loads(console("jobs", "folder", "--flat", "--json").stdout)
    assert [(job["name"], job["kind"]) for job in told] == [
        ("folder/new", "job"), ("folder/off", "job"), ("folder/shop", "multibranch"),
    ]


@pytest.mark.parametrize(("closed", "words"), [
    (">&-", "list app"), (">&-", "log app"), (">&- 2>&-", "view app --json"), ("2>&-", "download app"),
])
def test_a_closed_output_is_no_traceback(jenkins: JenkinsDouble, ci: Shell, closed: str, words: str) -> None:
    jenkins.add_job("app").add_build(log=b"done\n", artifacts={"a.txt": b"a"})
    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *ci.command(*words.split())], cwd=ci.folder, env=ci.environment,
        capture_output=True, text=True, timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
