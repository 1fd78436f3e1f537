"""The generated module in a real Buildbot master: verdicts, order, conditions, files, secrets, approval."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ci import definition, plan
from ci.adapters import buildbot
from ci.model import Pipeline, Stage
from tests.definitions import HOSTILE
from tests.engines.buildbot_master import RESULTS, Master, master
from tests.processes import until

pytestmark = pytest.mark.engine

DEFINITION = r"""
version = 1
name = "shop"
env = { TEXT = "it's ${HOME}, $(id) and 100%" }

[on]
push = ["main"]
schedule = ["30 4 * * 1"]

[[stage]]
name = "verify"
job = [
    { name = "lint", run = ["test ! -e lint.fails"], exclusive = true },
    { name = "test", matrix = { shard = [1, 2] }, retry = 1, timeout = "5s", reports.junit = "out/junit.xml", run = [
        '''mkdir out; echo "<$MATRIX_SHARD>" > out/junit.xml''',
        '''echo "$CI: $TEXT"; if [ -e "test.$MATRIX_SHARD.fails" ]; then echo "$MATRIX_SHARD is wrong"; exit 7; fi''',
        '''if [ -e test.hangs ]; then sleep 60; fi''',
    ] },
    { name = "mutants", allow-failure = true, run = ["exit 3"] },
]

[[stage]]
name = "build"
run = ["mkdir -p dist/deep; git rev-parse HEAD > dist/deep/app.txt; echo hidden > dist/.no"]
artifacts = { dist = ["dist/**"] }

[[stage]]
name = "nightly"
when = { event = ["schedule"] }
run = ["exit 1"]

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"], variable = ["HEROKU_APP"] }
inputs = ["dist"]
secrets = { KEY = "heroku-api-key" }
run = ['''
test "$KEY" = "s3cret" && test ! -e dist/.no
echo "$CI_ENVIRONMENT $HEROKU_APP $(cat dist/deep/app.txt) $KEY"''']
"""


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the definition on main, and a branch for each fault."""
    folder = tmp_path_factory.mktemp("shop")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "ci").mkdir()
    (folder / "ci" / "pipeline.toml").write_text(DEFINITION)
    _commit(folder)
    for fault in ("lint.fails", "test.2.fails", "test.hangs"):
        _git(folder, "checkout", "--quiet", "-b", fault, "main")
        (folder / fault).touch()
        _commit(folder)
    _git(folder, "checkout", "--quiet", "main")
    return folder


@pytest.fixture(scope="module")
def shop(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Master]:
    """A master for this repository."""
    rendered = buildbot.render(plan.compile(definition.load(repository).pipeline), buildbot.Options(), {})
    secrets, changes = {"heroku-api-key": "s3cret"}, {"variables={},": 'variables={"HEROKU_APP": "its $HOME"},'}
    folder = tmp_path_factory.mktemp("master") / "master"
    changes["poll=300,"] = "poll=1,"
    with master(folder, repository, rendered.files[buildbot.FILE], secrets=secrets, changes=changes) as running:
        yield running


GREEN = {
    "shop-lint": "success", "shop-test-1": "success", "shop-test-2": "success", "shop-mutants": "failure",
    "shop-build": "success",
}


def run(shop: Master, branch: str = "main") -> dict[str, Any]:
    """A run of the whole pipeline, started by a person."""
    return shop.force("shop-force", "shop", branch=branch)


@pytest.fixture(scope="module")
def green(shop: Master) -> dict[str, Any]:
    """A run that passed."""
    return run(shop)


@pytest.fixture(scope="module")
def red(shop: Master) -> dict[str, Any]:
    """A run whose job `lint` failed."""
    return run(shop, "lint.fails")


def test_a_run_is_green_although_an_allowed_job_is_red_and_another_skipped(
    shop: Master, green: dict[str, Any]
) -> None:
    assert (RESULTS[green["results"]], shop.verdicts(green)) == ("success", GREEN)
    assert shop.states(green)["verify"] == "success: not green: mutants"
    assert shop.states(green)["nightly"] == "skipped: finished"


def test_a_failed_job_is_named_lets_its_stage_finish_and_stops_the_later_ones(
    shop: Master, red: dict[str, Any]
) -> None:
    assert RESULTS[red["results"]] == "failure"
    assert shop.verdicts(red) == {
        "shop-lint": "failure", "shop-test-1": "success", "shop-test-2": "success", "shop-mutants": "failure",
    }
    assert red["state_string"] == "failed not green: lint, mutants"


def test_a_command_is_tried_again_and_its_report_kept_after_the_failure(shop: Master) -> None:
    done = run(shop, "test.2.fails")
    failed = shop.builds("shop-test-2")[-1]
    assert shop.verdicts(done)["shop-test-2"] == "failure"
    assert shop.log(failed).count("2 is wrong\n") == 2
    assert shop.kept(done, "test-2-junit/junit.xml").read_text() == "<2>\n"
    assert shop.kept(done, "test-1-junit/junit.xml").read_text() == "<1>\n"


def test_a_variable_arrives_unchanged(shop: Master, green: dict[str, Any]) -> None:
    assert "true: it's ${HOME}, $(id) and 100%\n" in shop.log(shop.builds("shop-test-1")[-1])


def test_a_job_ends_at_its_time_limit_over_all_commands(shop: Master) -> None:
    done = run(shop, "test.hangs")
    assert shop.verdicts(done)["shop-test-1"] == "failure"
    assert "program finished with exit code 124" in shop.log(shop.builds("shop-test-1")[-1])


def test_a_person_approves_a_run_that_passed_and_its_commit_and_files_are_deployed(
    shop: Master, repository: Path, green: dict[str, Any]
) -> None:
    commit = green["properties"]["run_revision"][0]
    _git(repository, "commit", "--allow-empty", "--quiet", "--message=later")
    deployed = shop.force("shop-approve-deploy", "shop approve deploy", run=green["number"])
    assert shop.verdicts(deployed) == {"shop-deploy": "success"}
    build = shop.builds("shop-deploy")[-1]
    assert build["properties"]["got_revision"][0] == commit
    assert f"production its $HOME {commit} <heroku-api-key>\n" in shop.log(build)
    assert "s3cret" not in shop.log(build)


@pytest.mark.parametrize("exists", [True, False])
def test_nobody_can_approve_a_run_that_did_not_pass(shop: Master, red: dict[str, Any], exists: bool) -> None:
    number = red["number"] if exists else 10_000
    refused = shop.force("shop-approve-deploy", "shop approve deploy", run=number)
    assert shop.states(refused)["approved"] == f"failure: no build {number} of shop has passed (failure)"
    assert shop.verdicts(refused) == {}


def test_nobody_can_start_a_job_without_the_stages_before_it(shop: Master) -> None:
    forced = shop.force("shop-force", "shop-deploy")
    assert list(shop.states(forced).items())[-1] == (
        "started by", "failure: only shop approve deploy starts this (failure)",
    )


def test_a_branch_without_deploy_skips_it(shop: Master, repository: Path) -> None:
    _git(repository, "branch", "--force", "feature", "main")
    deployed = shop.force("shop-approve-deploy", "shop approve deploy", run=run(shop, "feature")["number"])
    assert (RESULTS[deployed["results"]], shop.verdicts(deployed)) == ("success", {})


def test_a_push_starts_a_run_of_its_commit(shop: Master, repository: Path) -> None:
    _git(repository, "commit", "--allow-empty", "--quiet", "--message=pushed")
    commit = _git(repository, "rev-parse", "main")

    def events() -> list[str]:
        """The events of the runs of this commit, as far as their first steps have set it."""
        found = [build["properties"] for build in shop.builds("shop")]
        return [one["run_event"][0] for one in found if one.get("run_revision", [""])[0] == commit]

    until(lambda: events() == ["push"], seconds=60, pause=0.2)


def test_every_command_reaches_the_shell_unchanged(tmp_path: Path) -> None:
    """In place of coreutils' timeout, a program that writes down the text that the shell would get."""
    commands = [command for command in HOSTILE if command.strip()]
    repository, tools, seen = tmp_path / "hostile", tmp_path / "tools", tmp_path / "seen"
    for folder in (repository, tools, seen):
        folder.mkdir()
    write = f'printf %s "$text" > "$(mktemp {seen}/$(date +%s%N)XXX)"'
    (tools / "timeout").write_text(f"#!/bin/sh\nfor text; do :; done\n{write}\n")
    (tools / "timeout").chmod(0o755)
    _git(repository, "init", "--quiet", "--initial-branch=main")
    _git(repository, "commit", "--allow-empty", "--quiet", "--message=test")
    pipeline = Pipeline(version=1, name="hostile", stage=(Stage(name="all", run=tuple(commands)),))
    found = plan.compile(pipeline)
    module = buildbot.render(found, buildbot.Options(), {}).files[buildbot.FILE]
    path = {"variables={},": f"environment={{'PATH': ['{tools}', '${{PATH}}']}},", "poll=300,": "poll=0,"}
    with master(tmp_path / "master", repository, module, changes=path) as running:
        done = running.force("hostile-force", "hostile")
    assert RESULTS[done["results"]] == "success"
    arrived = [path.read_bytes().decode() for path in sorted(seen.iterdir())]
    assert arrived == [f"export CI=true\n{step.text}" for step in found.jobs[0].steps]


def _git(folder: Path, *arguments: str) -> str:
    author = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    return subprocess.run(
        ["git", *author, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def _commit(folder: Path) -> None:
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message=test")
