"""A generated workflow, run for real by act: which jobs run in which event, and what one failure does to the others.

The pipeline is shaped as this repository's own; its commands need no installation and fail where a file says so.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ci import definition, plan
from ci.adapters import github
from ci.adapters.github.pins import WORKFLOW
from tests.engines.workflow_run import REPOSITORY, WorkflowRun, commit, run_workflow, tolerant
from tests.files import write

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]

PIPELINE = """\
version = 1
name = "sample"

[on]
push = ["main"]
pull-request = ["main"]
schedule = ["30 4 * * 1"]

[[stage]]
name = "lint"
run = ["test ! -e fail-lint"]

[[stage]]
name = "docs"
when = { event = ["schedule"] }
run = ["true"]

[[stage]]
name = "test"
matrix = { shard = [1, 2] }
run = [
    "mkdir -p reports",
    "echo \\"<testsuite name='$MATRIX_SHARD'/>\\" > reports/junit.xml",
    'test ! -e "fail-test-$MATRIX_SHARD"',
]
reports = { junit = "reports/junit.xml" }

[[stage]]
name = "benchmark"
allow-failure = true
run = ["test ! -e fail-benchmark"]

[[stage]]
name = "signature"
secrets = { DEPLOY_KEY = "deploy-key" }
run = ['test "$DEPLOY_KEY" = secret']

[[stage]]
name = "build"
retry = 2
run = [
    'echo attempt >> attempts; test ! -e fail-build; test "$(wc -l < attempts)" -ge 2',
    "mkdir -p out/web; echo page > out/web/index.html; cp attempts out",
]
artifacts = { site = ["out/web/*", "out/attempts"] }

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"], event = ["push", "manual"], variable = ["WEB_APP"] }
inputs = ["site"]
secrets = { DEPLOY_KEY = "deploy-key" }
run = [
    "test -f out/web/index.html",
    '[ "$CI_ENVIRONMENT" = local ] || test "$DEPLOY_KEY:$WEB_APP:$CI_ENVIRONMENT" = secret:web:production',
]

[[stage]]
name = "announce"
when = { branch = ["main"], event = ["push"] }
run = ['test -z "${DEPLOY_KEY+set}"']
"""

CHECKS = {name: "success" for name in ("lint", "test (1)", "test (2)", "benchmark", "signature", "build")}
GREEN = {**CHECKS, "gate": "success"}
SETTINGS: dict[str, Any] = {"secrets": {"DEPLOY_KEY": "secret"}, "variables": {"WEB_APP": "web"}}

#: The project doesn't hold a copy of the tool: that would be copied for every job.
TOOL = {"PYTHONPATH": str(ROOT)}


def pull_request(repository: str) -> dict[str, Any]:
    """What GitHub sends for a pull request from the branch main of ``repository``."""
    head = {"ref": "main", "repo": {"full_name": repository, "fork": True}}
    return {"number": 7, "pull_request": {"number": 7, "head": head, "base": {"ref": "main"}}}


Run = Callable[..., WorkflowRun]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The pipeline and its workflow."""
    root = tmp_path / "project"
    rendered = github.render(plan.compile(definition.parse(PIPELINE).pipeline), github.Options(), {})
    write(root, {definition.FILE: PIPELINE, WORKFLOW: tolerant(rendered.files[WORKFLOW])})
    return root


@pytest.fixture
def run(project: Path, tmp_path: Path) -> Run:
    """Run the workflow for an event, in a commit of `branch` that holds a file for each of `failing`."""

    def run(event: str = "push", *, failing: tuple[str, ...] = (), branch: str = "main", **more: Any) -> WorkflowRun:
        for name in failing:
            (project / f"fail-{name}").touch()
        commit(project, branch=branch)
        return run_workflow(project, tmp_path / "run", event, environment=TOOL, **more)

    return run


def test_a_push_on_the_default_branch_runs_everything_and_deploys(run: Run) -> None:
    done = run(**SETTINGS)
    assert done.results == {**GREEN, "deploy": "success", "announce": "success"}, done.output


def test_a_pull_request_is_checked_and_never_deployed(run: Run) -> None:
    """Its branch is none of ours, also when it has the default branch's name."""
    assert run("pull_request", payload=pull_request(REPOSITORY), **SETTINGS).results == GREEN


def test_a_pull_request_from_a_fork_stays_green_without_secrets(run: Run) -> None:
    results = run("pull_request", payload=pull_request("somebody/project")).results
    assert results == {name: result for name, result in GREEN.items() if name != "signature"}


def test_another_branch_is_checked_and_never_deployed(run: Run) -> None:
    assert run(branch="topic", **SETTINGS).results == GREEN


def test_a_tag_is_no_branch(run: Run) -> None:
    assert run(payload={"ref": "refs/tags/main"}, **SETTINGS).results == GREEN


def test_a_run_started_by_hand_deploys_and_skips_what_is_for_pushes_only(run: Run) -> None:
    assert run("workflow_dispatch", **SETTINGS).results == {**GREEN, "deploy": "success"}


def test_a_scheduled_run_has_its_own_stage(run: Run) -> None:
    assert run("schedule", **SETTINGS).results == {**GREEN, "docs": "success"}


def test_without_its_variable_a_stage_is_skipped_and_later_ones_run(run: Run) -> None:
    """A fork that has no web server yet stays green."""
    assert run(secrets=SETTINGS["secrets"]).results == {**GREEN, "announce": "success"}


def test_without_its_secret_a_job_fails(run: Run) -> None:
    done = run(variables=SETTINGS["variables"])
    checks = ("lint", "test (1)", "test (2)", "benchmark")
    assert done.results == {**dict.fromkeys(checks, "success"), "signature": "failure", "gate": "failure"}


def test_a_failed_first_stage_stops_everything_but_the_gate(run: Run) -> None:
    assert run(failing=("lint",), **SETTINGS).results == {"lint": "failure", "gate": "failure"}


def test_a_failed_cell_of_a_matrix_lets_the_others_end_and_stops_later_stages(run: Run) -> None:
    done = run(failing=("test-2",), **SETTINGS)
    assert done.results == {"lint": "success", "test (1)": "success", "test (2)": "failure", "gate": "failure"}


def test_reports_are_kept_of_green_and_red_cells(run: Run) -> None:
    done = run(failing=("test-2",))
    assert kept(done.artifacts) == {
        "test-1-junit/junit.xml": "<testsuite name='1'/>\n",
        "test-2-junit/junit.xml": "<testsuite name='2'/>\n",
    }


def test_an_allowed_failure_stops_nothing(run: Run) -> None:
    done = run(failing=("benchmark",), **SETTINGS)
    assert done.results == {**GREEN, "benchmark": "failure", "deploy": "success", "announce": "success"}


def test_a_command_is_tried_again_and_what_it_made_is_kept_with_its_folders(run: Run) -> None:
    done = run(**SETTINGS)
    found = {name: text for name, text in kept(done.artifacts).items() if name.startswith("site/")}
    assert found == {"site/web/index.html": "page\n", "site/attempts": "attempt\nattempt\n"}


def test_each_cell_of_a_matrix_has_its_own_python(tmp_path: Path) -> None:
    """3.10 must not become 3.1; the stand-in for setup-python knows the versions of this machine only."""
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    command = ["python", "-c", f"import sys; assert sys.version_info[:2] == {sys.version_info[:2]}, sys.version"]
    text = f'version = 1\nname = "a"\non.push = ["main"]\n[[stage]]\nname = "test"\nrun = [{command}]\n'
    rendered = github.render(plan.compile(definition.parse(f"{text}matrix.python = ['{version}']").pipeline),
                             github.Options(), {})
    write(tmp_path / "project", {WORKFLOW: rendered.files[WORKFLOW]})
    commit(tmp_path / "project")
    done = run_workflow(tmp_path / "project", tmp_path / "run")
    assert done.results == {f"test ({version})": "success", "gate": "success"}, done.output


def test_a_failed_build_is_tried_thrice_keeps_nothing_and_stops_the_deploy(run: Run) -> None:
    done = run(failing=("build",), **SETTINGS)
    assert done.results == {**GREEN, "build": "failure", "gate": "failure"}
    assert not [name for name in kept(done.artifacts) if name.startswith("site/")]


@pytest.mark.parametrize("failing", [(), ("lint",), ("test-1",), ("benchmark",), ("build",)])
def test_the_local_runner_comes_to_the_same_results(project: Path, run: Run, failing: tuple[str, ...]) -> None:
    """`ci run` is a run by hand, in which the deploy is a rehearsal. It has no gate, its verdict is the exit code."""
    there = run("workflow_dispatch", failing=failing, **SETTINGS).results
    here = local_results(project)
    assert {name: result for name, result in there.items() if name != "gate"} == here


def local_results(project: Path) -> dict[str, str]:
    """Each job that `ci run` ran, with its result; without the set-up that `python3 -m ci` does first."""
    command = [sys.executable, "-c", "from ci.cli import main; main()", "run", "--clean", "--json"]
    env = {**os.environ, **TOOL, **SETTINGS["secrets"]}
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60)
    jobs = json.loads(done.stdout)["jobs"]
    return {job["name"]: job["result"] for job in jobs if job["result"] in ("success", "failure")}


def kept(artifacts: Path) -> Mapping[str, str]:
    """The text of every file of every artifact."""
    return {path.relative_to(artifacts).as_posix(): path.read_text() for path in artifacts.rglob("*") if path.is_file()}
