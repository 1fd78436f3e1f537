"""The generated modules in a real Buildbot master: verdicts, order, conditions, files, secrets, approval."""

import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ci import plan
from tests.engines.buildbot_master import RESULTS, Master
from tests.engines.buildbot_shop import DEFINITION, HOSTILE_PIPELINE, make_repository, master_of_shop, module
from tests.processes import is_alive, until
from tests.repository import Repository

pytestmark = pytest.mark.engine

Run = dict[str, Any]

GREEN = {
    "shop-lint": "success", "shop-test-1": "success", "shop-test-2": "success", "shop-force": "exception",
    "shop-build": "success",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """The shop's repository."""
    return make_repository(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def shop(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Master]:
    """A master for it."""
    with master_of_shop(tmp_path_factory.mktemp("master") / "master", repository.root) as running:
        yield running


@pytest.fixture(scope="module")
def runs(shop: Master) -> dict[str, Run]:
    """A run of each of these branches, all at once."""
    started = {branch: shop.start("force_shop", "shop", branch=branch) for branch in ("main", "red", "empty")}
    return {branch: shop.ended(buildset) for branch, buildset in started.items()}


@pytest.fixture(scope="module")
def deployed(shop: Master, repository: Repository, runs: dict[str, Run]) -> list[Run]:
    """Two people approve the green run at once, when the branch has moved on."""
    repository.commit()
    started = [shop.start("approve_shop_deploy", "shop approve deploy", run=runs["main"]["number"]) for _ in range(2)]
    return [shop.ended(buildset) for buildset in started]


def marks(shop: Master) -> list[str]:
    """What jobs said of themselves."""
    return (shop.folder / "marks").read_text().splitlines()


def test_a_run_is_green_although_an_allowed_job_is_red_and_another_skipped(shop: Master, runs: dict[str, Run]) -> None:
    green = runs["main"]
    assert (RESULTS[green["results"]], shop.verdicts(green)) == ("success", GREEN)
    assert shop.states(green)["verify"] == "success: not green: force"
    assert shop.states(green)["nightly"] == "skipped: finished"


def test_a_failed_job_is_named_lets_its_stage_finish_and_stops_the_later_ones(
    shop: Master, runs: dict[str, Run]
) -> None:
    red = runs["red"]
    assert RESULTS[red["results"]] == "failure"
    assert shop.verdicts(red) == {
        "shop-lint": "failure", "shop-test-1": "failure", "shop-test-2": "failure", "shop-force": "exception",
    }
    assert red["state_string"] == "failed not green: lint, test (1), test (2), force"


def test_a_command_is_tried_again_and_its_report_kept_after_the_failure(shop: Master, runs: dict[str, Run]) -> None:
    red = runs["red"]
    assert shop.log(shop.child(red, "shop-test-2")).count("2 is wrong\n") == 2
    assert shop.kept(red, "test-2-junit/junit.xml").read_text() == "<2>\n"


def test_a_report_that_is_not_there_is_an_error(shop: Master, runs: dict[str, Run]) -> None:
    states = shop.states(shop.child(runs["red"], "shop-lint"))
    assert list(states.values())[-2:] == [
        "success: lint: test -e report.missing || echo > lint.txt", "failure: kept lint.txt (failure)",
    ]


def test_a_secret_that_the_master_has_not_is_named(shop: Master, runs: dict[str, Run]) -> None:
    job = shop.child(runs["main"], "shop-force")
    assert "not-there" in shop.log(job)


def test_a_job_ends_at_its_time_limit_with_all_it_started_and_keeps_its_report(
    shop: Master, runs: dict[str, Run]
) -> None:
    assert "program finished with exit code 124" in shop.log(shop.child(runs["red"], "shop-test-1"))
    assert shop.kept(runs["red"], "test-1-junit/junit.xml").read_text() == "<1>\n"
    pid = next(int(line.removeprefix("pid ")) for line in marks(shop) if line.startswith("pid "))
    until(lambda: not is_alive(pid))


def test_an_artifact_without_files_is_an_error(shop: Master, runs: dict[str, Run]) -> None:
    assert shop.verdicts(runs["empty"]) == {**GREEN, "shop-build": "failure"}
    log = shop.log(shop.child(runs["empty"], "shop-build"))
    assert "no file is called dist/** (hidden files are left out)\n" in log


def test_a_variable_arrives_unchanged(shop: Master, runs: dict[str, Run]) -> None:
    assert "true: it's ${HOME}, $(id) and 100%\n" in shop.log(shop.child(runs["main"], "shop-test-1"))


def test_an_exclusive_job_has_its_machine_for_itself(shop: Master, runs: dict[str, Run]) -> None:
    seen = marks(shop)
    assert [seen[at + 1] for at, mark in enumerate(seen) if mark == "lint"] == ["end of lint"] * 3


def test_a_person_approves_a_run_that_passed_and_its_commit_and_files_are_deployed(
    shop: Master, runs: dict[str, Run], deployed: list[Run]
) -> None:
    revision = runs["main"]["properties"]["run_revision"][0]
    assert [shop.verdicts(one) for one in deployed] == [{"shop-deploy": "success"}] * 2
    build = shop.child(deployed[0], "shop-deploy")
    assert build["properties"]["got_revision"][0] == revision
    assert f"production its $HOME {revision} <heroku-api-key>\n" in shop.log(build)
    assert "s3cret" not in shop.log(build)


def test_one_deploy_waits_for_the_other(shop: Master, deployed: list[Run]) -> None:
    assert [mark for mark in marks(shop) if "deploy" in mark] == ["deploy", "end of deploy"] * 2


def test_nobody_can_approve_a_run_that_did_not_pass(shop: Master, runs: dict[str, Run]) -> None:
    numbers = [runs["red"]["number"], runs["empty"]["number"], 10_000]
    started = [shop.start("approve_shop_deploy", "shop approve deploy", run=number) for number in numbers]
    refused = [shop.ended(buildset) for buildset in started]
    assert [shop.states(one)["approved"] for one in refused] == [
        f"failure: no build {number} of shop has passed (failure)" for number in numbers
    ]
    assert [shop.verdicts(one) for one in refused] == [{}] * 3


def test_nobody_can_start_a_job_without_the_stages_before_it(shop: Master, runs: dict[str, Run]) -> None:
    """A force request may name any builder, and whatever else it likes."""
    fields = {"run": runs["main"]["number"], "run_branch": "main", "run_revision": "0" * 40, "revision": "0" * 40}
    builders = ("shop-lint", "shop-deploy", "shop approve deploy")
    started = [shop.start("force_2-hostile", builder, **fields) for builder in builders]
    refused = [shop.states(shop.ended(buildset)) for buildset in started]
    assert [one.get("started by") or one["approved"] for one in refused] == [
        "failure: only shop starts this (failure)",
        "failure: only shop approve deploy starts this (failure)",
        "failure: no build None of shop has passed (failure)",
    ]
    assert not any(step.startswith(("checkout", "run ")) for one in refused for step in one)


def test_what_is_built_again_does_not_leave_out_the_stages_before_it(
    shop: Master, runs: dict[str, Run], deployed: list[Run]
) -> None:
    """A job is refused; an approval asks again whether its run has passed."""
    builds = [shop.child(deployed[0], "shop-deploy"), shop.child(runs["main"], "shop-lint"), deployed[0]]
    started = [shop.act(f"builds/{build['buildid']}", "rebuild")[0] for build in builds]
    states = [shop.states(shop.ended(buildset)) for buildset in started]
    assert [one.get("started by") or one["approved"] for one in states] == [
        "failure: only shop approve deploy starts this (failure)",
        "failure: only shop starts this (failure)",
        f"success: build {runs['main']['number']} of shop has passed",
    ]


def test_nobody_who_is_not_logged_in_starts_anything(shop: Master, runs: dict[str, Run]) -> None:
    asked = [(f"builds/{runs['main']['buildid']}", "rebuild"), ("forceschedulers/approve_shop_deploy", "force")]
    assert [shop.act(path, action, anonymous=True, run=1) for path, action in asked] == [403, 403]


@pytest.mark.parametrize("branch", ["main; id", "$(id)", "--upload-pack=id", "main\n"])
def test_a_branch_is_no_shell_text_nor_option(shop: Master, branch: str) -> None:
    assert shop.act("forceschedulers/force_shop", "force", builderid=shop.builder("shop"), branch=branch) == 400


def test_a_branch_that_is_not_there_is_an_error(shop: Master) -> None:
    assert shop.states(shop.force("force_shop", "shop", branch="none"))["commit"] == "failure: update (failure)"


def test_a_push_starts_one_run_of_its_newest_commit_and_other_branches_are_not_deployed(
    shop: Master, repository: Repository
) -> None:
    branch = "feature-$(id);it's"
    repository.git("checkout", "--quiet", "-b", branch)
    revision = [repository.commit(), repository.commit()][-1]
    repository.git("checkout", "--quiet", "main")
    requests.post(f"{shop.url}/change_hook/poller", timeout=60).raise_for_status()

    def pushed() -> list[Run]:
        return [build for build in shop.builds("shop") if build["properties"]["branch"][0] == branch]

    until(lambda: any(build["complete"] for build in pushed()), pause=0.5, seconds=240)
    (build,) = pushed()
    assert (build["properties"]["run_revision"][0], shop.verdicts(build)) == (revision, GREEN)
    approved = shop.force("approve_shop_deploy", "shop approve deploy", run=build["number"])
    assert (RESULTS[approved["results"]], shop.verdicts(approved)) == ("success", {})


def test_stopping_a_run_stops_its_jobs(shop: Master) -> None:
    begun = len(marks(shop))
    buildset = shop.start("force_shop", "shop", branch="slow")
    until(lambda: any(mark.startswith("pid") for mark in marks(shop)[begun:]), pause=0.2, seconds=120)
    pid = next(int(mark.removeprefix("pid ")) for mark in marks(shop)[begun:] if mark.startswith("pid "))
    run = shop.builds("shop")[-1]
    shop.act(f"builds/{run['buildid']}", "stop", reason="test")
    stopped = shop.ended(buildset)
    assert RESULTS[stopped["results"]] == "cancelled"
    until(lambda: not is_alive(pid))


def test_every_command_reaches_the_shell_unchanged(shop: Master, repository: Repository) -> None:
    done = shop.force("force_2-hostile", "2 hostile", branch="refs/tags/v1")
    assert RESULTS[done["results"]] == "success"
    seen = [path.read_bytes().decode() for path in sorted((shop.folder / "seen").iterdir()) if path.name != ".keep"]
    assert seen == [f"export CI=true\n{step.text}" for step in plan.compile(HOSTILE_PIPELINE).jobs[0].steps]
    job = shop.child(done, "2 hostile-all")
    assert job["properties"]["got_revision"][0] == repository.git("rev-parse", "v1")


def test_a_changed_module_is_there_after_a_reconfiguration(shop: Master) -> None:
    (shop.folder / "pipeline.py").write_text(module(DEFINITION.replace('name = "force"', 'name = "other"')))
    os.kill(shop.pid, signal.SIGHUP)
    until(lambda: "shop-other" in [one["name"] for one in shop.get("builders")["builders"]], pause=0.3)
