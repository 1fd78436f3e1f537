"""What a Jenkins build decides: which jobs run, what they get, what is kept, and whether the build is green.

The builds run on this machine, from the tree that Groovy reads. Where the local runner can say the same (a person's
run of a branch), its verdicts are compared too.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ci import definition, plan
from ci.adapters import jenkins
from tests.engines.jenkinsfile import Reader
from tests.engines.jenkinsfile_build import Build, build
from tests.engines.jenkinsfile_conditions import PERSON, TIMER, Start, branch, pull_request, tag
from tests.engines.jenkinsfile_rules import problems
from tests.repository import Repository

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]

#: A job fails where a file of its name lies in the repository; ``report`` says what else it leaves out.
DEFINITION = """\
version = 1
name = "shop"
env = { COLOUR = "red" }
on = { push = ["*"], pull-request = ["*"], manual = true }

[[stage]]
name = "verify"

[[stage.job]]
name = "lint"
run = ["test ! -e lint.fails", "test ! -e left-over", "printf %s \\"$COLOUR\\" > flake8.txt"]
reports = { flake8 = "flake8.txt" }

[[stage.job]]
name = "test"
matrix = { shard = [1, 2] }
env = { COLOUR = "green" }
run = [
    "echo \\"<testsuite name='$MATRIX_SHARD $COLOUR'/>\\" > junit.xml",
    "test -e test.forgets || echo {} > benchmark.json",
    "test ! -e \\"test-$MATRIX_SHARD.fails\\"",
]
reports = { junit = "junit.xml", benchmark = "benchmark.json" }

[[stage.job]]
name = "mutants"
allow-failure = true
timeout = "6s"
run = ["test ! -e mutants.hangs || sleep 30", "test ! -e mutants.fails", "touch mutants.txt"]
reports = { flake8 = "mutants.txt" }

[[stage]]
name = "benchmark"
retry = 1
when = { event = ["push", "manual", "pull-request"] }
run = ["test ! -e benchmark.fails", "test ! -e benchmark.flickers || test -e twice || { touch twice; false; }"]

[[stage]]
name = "build"
run = ["mkdir -p dist/pages", "echo app > dist/app.txt", "echo page > dist/pages/page.txt", "test ! -e build.fails"]
artifacts = { dist = ["dist/**"] }

[[stage]]
name = "slow"
timeout = "1s"
when = { branch = ["slow"] }
run = ["sleep 30"]

[[stage]]
name = "nightly"
when = { event = ["schedule"] }
run = ["true"]

[[stage]]
name = "ship"
when = { branch = ["main", "release/*"], tag = ["v*"], variable = ["SHOP"] }
inputs = ["dist"]
secrets = { TOKEN = "token" }
run = ["cat dist/app.txt dist/pages/page.txt", "printf '%s %s' \\"$TOKEN\\" \\"$SHOP\\" > seen", "cat seen"]

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"], event = ["push", "manual"], variable = ["SHOP"] }
run = ["printf %s \\"$CI_ENVIRONMENT\\""]
local = false
"""

ALL = ["lint", "test (1)", "test (2)", "mutants", "benchmark", "build", "slow", "nightly", "ship", "deploy"]


def verdicts(**others: str) -> dict[str, str]:
    """The result of every job: success but for ``others``; ``test_1`` is the job ``test (1)``."""
    named = {re.sub(r"_(\d)", r" (\1)", name): result for name, result in others.items()}
    return dict.fromkeys(ALL, "success") | {"slow": "skipped", "nightly": "skipped"} | named


def after(stage: str) -> dict[str, str]:
    """Every job from ``stage`` on did not start."""
    return dict.fromkeys(ALL[ALL.index(stage):], "not-run")


class Shop:
    """A repository with the definition, and builds of it."""

    def __init__(self, folder: Path, groovy: Reader) -> None:
        self._folder = folder
        compiled = plan.compile(definition.parse(DEFINITION).pipeline)
        self._file = groovy.read(jenkins.render(compiled, jenkins.Options(), {}).files["Jenkinsfile"])
        assert problems(self._file) == []
        self._repository = Repository.create(folder / "shop")
        self._repository.commit({definition.FILE: DEFINITION})

    def commit(self, *files: str) -> None:
        """Commit the repository with empty ``files``."""
        self._repository.commit(dict.fromkeys(files, ""))

    def build(self, start: Start, *, approved: bool = True) -> Build:
        """A build on Jenkins."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        return build(
            self._file, self._repository.root, self._folder / "build", start,
            environment=environment, secrets={"token": "s3cret"}, approved=approved,
        )

    def local(self, **environment: str) -> dict[str, str]:
        """The results of the same commit by ``ci run``, whose event is a person's."""
        command = [sys.executable, "-m", "ci", "run", "--clean", "--json"]
        env = {**os.environ, "PYTHONPATH": str(ROOT), "TOKEN": "s3cret", **environment}
        done = subprocess.run(command, cwd=self._repository.root, env=env, capture_output=True, text=True, timeout=60)
        assert done.stdout, done.stderr
        return {job["name"]: job["result"] for job in json.loads(done.stdout)["jobs"]}


@pytest.fixture
def shop(tmp_path: Path, groovy: Reader) -> Shop:
    """A repository in which every job succeeds."""
    return Shop(tmp_path, groovy)


SKIPPED = {"ship": "skipped", "deploy": "skipped"}
MAIN = branch("main", SHOP="shop")
BUILDS: Mapping[str, tuple[Start, list[str], str, dict[str, str]]] = {
    "push": (MAIN, [], "SUCCESS", verdicts()),
    "person": (branch("main", PERSON, SHOP="shop"), [], "SUCCESS", verdicts()),
    "missing variable": (branch("main"), [], "SUCCESS", verdicts(**SKIPPED)),
    "empty variable": (branch("main", SHOP=""), [], "SUCCESS", verdicts(**SKIPPED)),
    "other branch": (branch("feature", SHOP="shop"), [], "SUCCESS", verdicts(**SKIPPED)),
    "release branch": (branch("release/1", SHOP="shop"), [], "SUCCESS", verdicts(deploy="skipped")),
    "pull request": (pull_request(7, SHOP="shop"), [], "SUCCESS", verdicts(**SKIPPED)),
    "tag": (replace(tag("v1"), properties={"SHOP": "shop"}), [], "SUCCESS", verdicts(deploy="skipped")),
    "tag named main": (replace(tag("main"), properties={"SHOP": "shop"}), [], "SUCCESS", verdicts(**SKIPPED)),
    "timer": (
        branch("main", TIMER, SHOP="shop"), [], "SUCCESS",
        verdicts(benchmark="skipped", nightly="success", deploy="skipped"),
    ),
    "lint error": (MAIN, ["lint.fails"], "FAILURE", verdicts(lint="failure", **after("benchmark"))),
    "one cell fails": (MAIN, ["test-2.fails"], "FAILURE", verdicts(test_2="failure", **after("benchmark"))),
    "missing report": (
        MAIN, ["test.forgets"], "FAILURE", verdicts(test_1="failure", test_2="failure", **after("benchmark")),
    ),
    "benchmark fails": (MAIN, ["benchmark.fails"], "FAILURE", verdicts(benchmark="failure", **after("build"))),
    "second attempt": (MAIN, ["benchmark.flickers"], "SUCCESS", verdicts()),
    "build fails": (MAIN, ["build.fails"], "FAILURE", verdicts(build="failure", **after("slow"))),
    "allowed failure": (MAIN, ["mutants.fails"], "SUCCESS", verdicts(mutants="failure")),
    "allowed time-out": (MAIN, ["mutants.hangs"], "SUCCESS", verdicts(mutants="failure")),
    "time-out": (branch("slow"), [], "ABORTED", verdicts(slow="timed-out", **after("nightly"))),
}


@pytest.mark.parametrize("case", BUILDS)
def test_the_verdict_of_every_job(case: str, shop: Shop) -> None:
    """Each job's result, and the build's, for each way to start a build and each way to fail."""
    start, files, result, expected = BUILDS[case]
    shop.commit(*files)
    made = shop.build(start)
    assert (made.jobs, made.result) == (expected, result)
    assert made.allowed == ({"mutants"} if expected["mutants"] == "failure" else set())


#: What a run on a laptop has its own words for: there a time-out is told apart also where it is allowed.
LOCAL: Mapping[str, Callable[[dict[str, str]], dict[str, str]]] = {
    "person": lambda jobs: jobs | {"deploy": "skipped"},
    "lint error": lambda jobs: jobs,
    "one cell fails": lambda jobs: jobs,
    "missing report": lambda jobs: jobs,
    "benchmark fails": lambda jobs: jobs,
    "second attempt": lambda jobs: jobs | {"deploy": "skipped"},
    "build fails": lambda jobs: jobs,
    "allowed failure": lambda jobs: jobs | {"deploy": "skipped"},
    "allowed time-out": lambda jobs: jobs | {"mutants": "timed-out", "deploy": "skipped"},
}


@pytest.mark.parametrize("case", LOCAL)
def test_the_same_verdict_on_this_machine(case: str, shop: Shop) -> None:
    """``ci run`` decides as Jenkins does."""
    _, files, _, expected = BUILDS[case]
    shop.commit(*files)
    assert shop.local(SHOP="shop") == LOCAL[case](expected)


def test_what_a_build_keeps(shop: Shop) -> None:
    """Reports and artifacts; those that two cells have under one name, apart."""
    made = shop.build(MAIN)
    assert made.record.kept() == [
        "dist/app.txt", "dist/pages/page.txt", "flake8.txt", "mutants.txt", "test-1-benchmark/benchmark.json",
        "test-2-benchmark/benchmark.json",
    ]
    assert made.record.junit == ["<testsuite name='1 green'/>\n", "<testsuite name='2 green'/>\n"]
    assert (made.record.archive / "flake8.txt").read_text() == "red"


def test_a_failed_job_keeps_its_reports_and_not_its_artifacts(shop: Shop) -> None:
    """A person wants to read why; nobody wants to ship it."""
    shop.commit("test-2.fails", "build.fails")
    made = shop.build(MAIN)
    assert "test-2-benchmark/benchmark.json" in made.record.kept() and len(made.record.junit) == 2
    assert not [name for name in made.record.kept() if name.startswith("dist")]


def test_one_missing_report_does_not_cost_the_other(shop: Shop) -> None:
    """The benchmark is missing, the tests' report is there."""
    shop.commit("test.forgets")
    assert len(shop.build(MAIN).record.junit) == 2


def test_inputs_and_secrets_reach_the_job_that_names_them(shop: Shop) -> None:
    """The files at their old paths; the secret and the variable in the environment of one job."""
    made = shop.build(MAIN)
    seen = {command.stage: command.output for command in made.record.commands if command.output}
    assert seen == {"ship": b"s3cret shop", "deploy": b"production"}
    assert [command.stage for command in made.record.commands if "TOKEN" in command.environment] == ["ship"] * 3


def test_nobody_is_asked_for_a_build_that_would_not_deploy(shop: Shop) -> None:
    """On another branch, and after a failure."""
    assert shop.build(branch("feature")).questions == []


def test_a_person_is_asked_once_and_may_refuse(shop: Shop) -> None:
    """Then the build is aborted, and the deploy has not started."""
    made = shop.build(MAIN, approved=False)
    assert made.questions == ["Deploy to production?"]
    assert (made.result, made.jobs) == ("ABORTED", verdicts(deploy="not-run"))
