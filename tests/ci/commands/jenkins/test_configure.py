"""``ci jenkins lint`` and ``sync``."""

import json

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.fakes.jenkins import JenkinsDouble
from tests.repository import Repository

PIPELINE = 'version = 1\nname = "shop"\n[[stage]]\nname = "lint"\nrun = ["true"]\n'
JOB = "multibranch project for Jenkinsfile of https://git.example.com/shop.git"


@pytest.fixture
def repository(console: Console) -> None:
    """A repository whose origin holds a token in its address."""
    made = Repository.create(console.folder)
    made.write({"ci/pipeline.toml": PIPELINE, "Jenkinsfile": "pipeline {\n}\n"})
    made.git("remote", "add", "origin", "https://bob:t0ken@git.example.com/shop.git")


def test_lint_says_what_the_server_says(jenkins: JenkinsDouble, console: Console, repository: None) -> None:
    assert console("lint").stdout == "Jenkinsfile: valid\n"
    jenkins.lint_errors = ["WorkflowScript: 1: Missing required section \"agent\" @ line 1, column 1."]
    wrong = console("lint")
    assert (wrong.returncode, wrong.stdout) == (1, f"Jenkinsfile: {jenkins.lint_errors[0]}\n")
    told = json.loads(console("lint", "--json").stdout)
    assert told == {"valid": False, "errors": jenkins.lint_errors}
    assert console("lint", "nope").returncode == 2


def test_sync_makes_the_job_once_and_shows_first_what_it_does(
    jenkins: JenkinsDouble, console: Console, repository: None
) -> None:
    check = console("sync", "--check")
    assert (check.returncode, jenkins.find("shop")) == (1, None)
    assert check.stdout == f"shop is not there; it will be a {JOB}\n"
    assert check.stderr == "to mend it run the same command without --check\n"
    made = console("sync")
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout == check.stdout + "created shop; Jenkins looks for branches now, see ci jenkins jobs shop\n"
    assert (jenkins.find("shop").scans, "https://git.example.com/shop.git" in jenkins.find("shop").xml) == (1, True)
    again = console("sync", "--check")
    assert (again.returncode, again.stdout) == (0, f"shop is the {JOB}\n")
    changed = console("sync", "--repository", "https://git.example.com/new.git")
    assert changed.stdout.splitlines()[0] == f"shop is not yet the {JOB.replace('shop.git', 'new.git')}"
    assert "https://git.example.com/shop.git -> https://git.example.com/new.git\n" in changed.stdout
    told = json.loads(console("sync", "--branches", "main release/*", "--json").stdout)
    assert told["action"] == "update"
    assert "t0ken" not in made.stdout + changed.stdout + told["config"]


def test_sync_of_one_branch(jenkins: JenkinsDouble, console: Console, repository: None) -> None:
    jenkins.add_folder("team")
    made = console("sync", "team/shop", "--pipeline", "-b", "next", "--repository", "git@git.example.com:shop.git")
    assert (made.returncode, made.stdout.splitlines()[-1]) == (
        0, "created team/shop; start it: ci jenkins run team/shop"
    )
    assert "git@git.example.com:shop.git" in jenkins.find("team/shop").xml


def test_sync_into_a_folder_that_is_not_there_is_refused(console: Console, repository: None) -> None:
    done = console("sync", "nowhere/shop")
    assert (done.returncode, done.stderr.count("\n"), "no folder nowhere" in done.stderr) == (6, 1, True)
