"""``ci jenkins list``, ``latest`` and ``jobs``; and what is said when the server does not answer."""

import json
import subprocess

import pytest

from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble


def test_list_shows_the_newest_builds_first(jenkins: JenkinsDouble, ci: Shell) -> None:
    job = jenkins.add_job("app")
    for number, result in enumerate(["SUCCESS", "FAILURE", "UNSTABLE", "ABORTED"]):
        job.add_build(result=result, duration=10.0 ** number)
    assert ci("list", "app", "-n", "3").stdout == """\
-  #4  ABORTED   2026-11-17 10:53:59  16 min 40 s
!  #3  UNSTABLE  2026-11-17 11:07:59  1 min 40 s
✗  #2  FAILURE   2026-11-17 11:08:29  10 s
"""
    assert ci("list", "app", "--result", "failure").stdout == "✗  #2  FAILURE  2026-11-17 11:08:29  10 s\n"
    told = json.loads(ci("list", "--json", JENKINS_JOB="app").stdout)
    assert [build["number"] for build in told] == [4, 3, 2, 1]


def test_latest_finds_the_newest_of_a_kind(jenkins: JenkinsDouble, ci: Shell) -> None:
    job = jenkins.add_job("app")
    for result in ("SUCCESS", "UNSTABLE", "FAILURE", "ABORTED"):
        job.add_build(result=result)
    found = {
        option: json.loads(ci("latest", "app", *option, "--json").stdout)["number"]
        for option in (("--successful",), ("--failed",), ("--completed",))
    }
    assert found == {("--successful",): 2, ("--failed",): 3, ("--completed",): 4}
    assert ci("latest", "app").stdout == f"✓ app #1: SUCCESS in 30 s\n  {jenkins.url}job/app/1/\n"


def test_jobs_are_named_as_the_other_commands_take_them(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.add_job("app").add_build(result="FAILURE")
    jenkins.add_job("folder/new")
    jenkins.add_job("folder/off").disabled = True
    jenkins.add_multibranch("folder/shop", ["feature/login"])
    found = jenkins.find("folder/shop/feature%2Flogin")
    found.add_build()
    assert ci("jobs").stdout == """\
✗  FAILURE      app
   folder       folder/
-  not built    folder/new
-  disabled     folder/off
   multibranch  folder/shop
✓  SUCCESS      folder/shop  -b feature/login
"""
    told = json.loads(ci("jobs", "folder", "--flat", "--json").stdout)
    assert [(job["name"], job["kind"]) for job in told] == [
        ("folder/new", "job"), ("folder/off", "job"), ("folder/shop", "multibranch"),
    ]


def test_wrong_credentials_are_exit_4(jenkins: JenkinsDouble, ci: Shell) -> None:
    done = ci("jobs", JENKINS_API_TOKEN="1100")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)
    assert "1100" not in done.stderr


def test_no_address_is_exit_2(ci: Shell) -> None:
    done = ci("jobs", JENKINS_URL="")
    assert (done.returncode, done.stderr.count("\n"), "JENKINS_URL" in done.stderr) == (2, 1, True)


def test_a_server_that_is_not_there_is_exit_5(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.faults.refuse()
    done = ci("run", "app", "--no-validate")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)


@pytest.mark.parametrize("command", ["run", "rebuild"])
def test_a_disabled_job_is_exit_6(jenkins: JenkinsDouble, ci: Shell, command: str) -> None:
    job = jenkins.add_job("app")
    job.add_build()
    job.disabled = True
    done = ci(command, "app")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (6, "", 1)


def test_an_unknown_parameter_is_exit_2(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.add_job("app", ["ENVIRONMENT"])
    done = ci("run", "app", "-p", "ENVIROMENT=x")
    assert (done.returncode, done.stderr.count("\n"), "ENVIROMENT" in done.stderr) == (2, 1, True)
    assert not jenkins.posts


@pytest.mark.parametrize("words", ["list app", "log app", "view app --json"])
def test_a_closed_standard_output_is_no_traceback(jenkins: JenkinsDouble, ci: Shell, words: str) -> None:
    jenkins.add_job("app").add_build(log=b"done\n")
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *ci.command(*words.split())], cwd=ci.folder, env=ci.environment,
        stderr=subprocess.PIPE, text=True, timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
