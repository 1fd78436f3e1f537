"""The GitHub workflow as a whole: the rules that no validator checks. Whole files: test_golden.py."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ci import definition, plan
from ci.adapters import Note, Rendered, github
from ci.adapters.github import pins
from ci.errors import CiError, DefinitionError

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/golden/github"
NAMES = ("small", "full", "release")

ONE_JOB = """\
version = 1
name = "ci"

[[stage]]
name = "test"
"""


def render(text: str, current: Mapping[str, str] = {}) -> Rendered:
    """The files of a definition."""
    loaded = definition.parse(text)
    options = loaded.engine_options("github", github.Options)
    return github.render(plan.compile(loaded.pipeline), options, current)


def workflow(text: str) -> dict[str, Any]:
    """The workflow of a definition, as GitHub reads it. The key ``on`` is True for a reader of YAML 1.1."""
    read = yaml.safe_load(render(text).files[pins.WORKFLOW])
    assert isinstance(read, dict)
    return {"on" if key is True else key: value for key, value in read.items()}


def committed() -> list[Path]:
    """Every YAML file of GitHub's: the goldens', and this repository's own."""
    folders = [*(GOLDEN / name / ".github" for name in NAMES), ROOT / ".github"]
    return [path for folder in folders for path in folder.rglob("*.y*ml")]


def workflows() -> list[Path]:
    return [path for path in committed() if path.parent.name == "workflows"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
        yield from job["steps"]


@pytest.mark.parametrize("path", committed(), ids=name_of)
def test_every_action_is_pinned_by_commit_with_its_whole_version(path: Path) -> None:
    for _action, pin in pins.read(path.read_text("utf-8")):
        assert pin.full


@pytest.mark.parametrize("path", committed(), ids=name_of)
def test_a_commit_that_the_table_knows_has_the_version_of_the_table(path: Path) -> None:
    versions = {pin.ref: pin.version for pin in pins.TABLE.values()}
    for _action, pin in pins.read(path.read_text("utf-8")):
        assert pin.version == versions.get(pin.ref, pin.version)


def test_one_action_has_one_pin_in_the_whole_repository() -> None:
    assert pins.kept({name_of(path): path.read_text("utf-8") for path in committed()})


@pytest.mark.parametrize("path", workflows(), ids=name_of)
def test_a_python_version_is_a_text(path: Path) -> None:
    """3.10 without quotes is the number 3.1."""
    jobs = yaml.safe_load(path.read_text("utf-8"))["jobs"].values()
    axes = [job["strategy"]["matrix"].get("python", []) for job in jobs if "strategy" in job]
    versions = [step["with"].get("python-version", "") for step in steps(path) if "with" in step]
    for version in [*versions, *(version for axis in axes for version in axis)]:
        assert isinstance(version, str)


@pytest.mark.parametrize("path", workflows(), ids=name_of)
def test_no_step_reads_an_output_that_its_action_lacks(path: Path) -> None:
    """No workflow of ours reads any output of an action, so a misspelt one can't be."""
    assert not re.search(r"steps\.[\w-]+\.outputs", path.read_text("utf-8"))


@pytest.mark.parametrize("path", workflows(), ids=name_of)
def test_commands_hold_no_expressions(path: Path) -> None:
    """Values come through the environment; pasted into a command they could be read as a part of it."""
    assert not [step["run"] for step in steps(path) if "${{" in step.get("run", "")]


@pytest.mark.parametrize("path", workflows(), ids=name_of)
def test_every_job_has_a_time_limit_a_fixed_image_and_its_own_permissions(path: Path) -> None:
    text = yaml.safe_load(path.read_text("utf-8"))
    assert text["permissions"] == {}
    for job in text["jobs"].values():
        assert job["timeout-minutes"] > 0 and "permissions" in job and "latest" not in str(job["runs-on"])


def test_names_in_a_matrix_come_to_those_of_the_plan() -> None:
    """Of jobs, reports and artifacts, in each cell."""
    text = (ROOT / "tests/golden/full.toml").read_text("utf-8")
    jobs = workflow(text)["jobs"]
    for job in plan.compile(definition.parse(text).pipeline).jobs:
        cell = {f"${{{{ matrix.{axis} }}}}": value for axis, value in job.cell}
        read = json.loads(re.sub(r"\$\{\{ matrix\.\w+ \}\}", lambda found: cell[found[0]], json.dumps(jobs[job.group])))
        kept = [step["with"]["name"] for step in read["steps"] if step["name"].startswith("Keep")]
        assert read["name"] == job.name
        assert kept == [*(report.artifact for report in job.reports), *(artifact.name for artifact in job.artifacts)]


@pytest.mark.parametrize("place", ["run", "name"])
def test_what_looks_like_an_expression_reaches_the_shell_as_text(place: str) -> None:
    step = workflow(ONE_JOB + "run = ['echo ${{ github.token }} ${{']")["jobs"]["test"]["steps"][-1]
    assert step[place] == "echo ${{ '${{' }} github.token }} ${{ '${{' }}"


def test_what_looks_like_an_expression_stays_text_in_the_environment() -> None:
    read = workflow('env = { A = "${{ a }}" }\n' + ONE_JOB + 'run = ["true"]\nenv = { B = "${{ b }}" }')
    assert read["env"] == {"A": "${{ '${{' }} a }}"}
    assert read["jobs"]["test"]["env"] == {"B": "${{ '${{' }} b }}"}


def test_a_job_names_only_the_environment_that_the_workflow_lacks() -> None:
    text = 'env = { A = "1", B = "1" }\n' + ONE_JOB + 'run = ["true"]\nenv = { B = "2" }'
    assert workflow(text)["jobs"]["test"]["env"] == {"B": "2"}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("", {"workflow_dispatch": None}),
        ('push = ["main"]\nmanual = false', {"push": {"branches": ["main"]}}),
        ('push = ["*", "a/*", "c++"]\nmanual = false', {"push": {"branches": ["**", "a/**", r"c\+\+"]}}),
        ('pull-request = ["main"]\nmanual = false', {"pull_request": {"branches": ["main"]}}),
        ('schedule = ["0 4 * * *"]\nmanual = false', {"schedule": [{"cron": "0 4 * * *"}]}),
    ],
)
def test_what_starts_a_run_is_what_the_definition_says_and_no_more(on: str, expected: dict[str, Any]) -> None:
    """In GitHub's filters `**` is any rest and `+` repeats what is before it."""
    assert workflow(f"{ONE_JOB}run = ['true']\n[on]\n{on}")["on"] == expected


@pytest.mark.parametrize(
    ("concurrency", "on", "expected"),
    [
        ("cancel-superseded-pr", "pull-request", ("github.event.pull_request.number || github.run_id", True, None)),
        ("cancel-superseded-pr", "push", ("github.run_id", False, None)),
        ("queue", "push", ("github.ref", False, "max")),
        ("parallel", "pull-request", ("github.run_id", False, None)),
    ],
)
def test_runs_of_one_workflow_against_each_other(concurrency: str, on: str, expected: tuple[str, bool, str]) -> None:
    read = workflow(f"concurrency = '{concurrency}'\n{ONE_JOB}run = ['true']\n[on]\n{on} = ['main']")["concurrency"]
    group, cancels, queue = expected
    assert read["group"] == f"${{{{ github.workflow }}}}-${{{{ {group} }}}}"
    assert read["cancel-in-progress"] == ("${{ github.event_name == 'pull_request' }}" if cancels else False)
    assert read.get("queue") == queue


@pytest.mark.parametrize(
    ("when", "cancelled"), [("", False), ("event = ['pull-request']", False), ("event = ['push']", True)]
)
def test_the_run_of_a_pull_request_that_may_deploy_is_not_cancelled(when: str, cancelled: bool) -> None:
    text = f"{ONE_JOB}run = ['true']\napproval = 'preview'\nwhen = {{ {when} }}\n[on]\npull-request = ['main']"
    read = workflow(text)["concurrency"]
    assert read["group"].endswith("${{ github.event.pull_request.number || github.run_id }}")
    assert (read["cancel-in-progress"] is not False) == cancelled
    assert any(note.construct == "concurrency" for note in render(text).notes) != cancelled


TAGGED = "when = {tag = ['v*']}\n"
AFTER = "!cancelled() && !failure() && !contains(needs.*.result, 'cancelled')"


@pytest.mark.parametrize(
    ("conditions", "needs", "condition"),
    [
        pytest.param(["", ""], ["build"], f"{AFTER}\n&& needs.build.result != 'skipped'", id="certain"),
        pytest.param(["", TAGGED], ["test", "build"], AFTER, id="the second may"),
        pytest.param([TAGGED, ""], ["build"], f"{AFTER}\n&& needs.build.result != 'skipped'", id="the first may"),
        pytest.param([TAGGED, TAGGED], ["test", "build"], AFTER, id="both may"),
    ],
)
def test_a_job_learns_of_an_earlier_one_at_its_time_limit(
    conditions: list[str], needs: list[str], condition: str
) -> None:
    """That one counts as cancelled, and the stage behind it as skipped: neither is a failure.

    So a job waits for all stages back to one that nothing but a failure skips.
    """
    first, second = conditions
    text = f'{ONE_JOB}{first}run = ["true"]\n[[stage]]\nname = "build"\n{second}run = ["true"]\n'
    last = workflow(text + '[[stage]]\nname = "deploy"\nrun = ["true"]\n')["jobs"]["deploy"]
    assert last["needs"] == needs
    assert last["if"] == f"${{{{ {condition} }}}}"


@pytest.mark.parametrize(("timeout", "minutes"), [("1s", 1), ("60s", 1), ("61s", 2), ("2h", 120)])
def test_a_time_limit_is_rounded_up_to_minutes_and_the_note_says_so(timeout: str, minutes: int) -> None:
    text = f"{ONE_JOB}run = ['true']\ntimeout = '{timeout}'"
    assert workflow(text)["jobs"]["test"]["timeout-minutes"] == minutes
    rounded = Note("approximated", "timeout", "", "GitHub counts whole minutes: rounded up")
    assert (rounded in render(text).notes) == timeout.endswith(("1s"))


def test_the_gate_waits_for_every_check_but_not_for_an_approval() -> None:
    text = ONE_JOB + 'run = ["true"]\n[[stage]]\nname = "deploy"\napproval = "production"\nrun = ["true"]\n'
    text += '[[stage]]\nname = "look"\nrun = ["true"]\n'
    assert workflow(text)["jobs"]["gate"]["needs"] == ["test", "look"]


def test_a_pipeline_of_approved_stages_has_no_gate() -> None:
    assert "gate" not in workflow(ONE_JOB + 'run = ["true"]\napproval = "production"')["jobs"]


@pytest.mark.parametrize(("secrets", "cached"), [("", True), ('secrets = { KEY = "key" }\n', False)])
def test_a_job_with_a_secret_uses_nothing_that_other_runs_cached(secrets: str, cached: bool) -> None:
    text = 'cache = [{ paths = ["~/.cache/uv"], key-files = ["lock"] }]\n' + ONE_JOB + 'run = ["true"]\n' + secrets
    assert ("actions/cache@" in render(text).files[pins.WORKFLOW]) == cached


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "runs-on = 'windows'\n" + ONE_JOB + "run = ['true']",
            "target.github.runners: job 'test' runs on 'windows': add windows = \"LABEL\"",
        ),
        (
            ONE_JOB + "run = ['true']\nmatrix = { include = [1] }",
            "job 'test': matrix.include: has a meaning of its own on GitHub; choose another name",
        ),
        (
            ONE_JOB + "run = ['true']\n[on]\nmanual = false",
            "on: nothing starts a run, and GitHub refuses such a workflow; add `manual = true`",
        ),
        (
            "env = { http_proxy = 'a' }\n" + ONE_JOB + "run = ['true']\nenv = { HTTP_PROXY = 'b' }",
            "job 'test': env: http_proxy and HTTP_PROXY are one name for GitHub; set one of them in the command",
        ),
        (
            ONE_JOB + "run = ['true']\nsecrets = { KEY = 'github-key' }",
            "job 'test': secrets.KEY: GitHub keeps names that begin with GITHUB_ to itself",
        ),
    ],
)
def test_what_github_cannot_take_is_refused_with_the_key_to_change(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        render(text)
    assert str(caught.value) == f"ci/pipeline.toml: {message}"


def test_a_runner_of_ones_own_stands_beside_the_usual_one() -> None:
    text = f"{ONE_JOB}run = ['true']\nruns-on = 'big'\n[target.github]\nrunners = {{ big = ['self-hosted', 'big'] }}"
    assert workflow(text)["jobs"]["test"]["runs-on"] == ["self-hosted", "big"]


def test_only_actions_that_the_workflow_uses_must_agree_with_others() -> None:
    other = ".github/workflows/own.yml"
    pinned = {action: {other: f"- uses: actions/{action}@{'a' * 40} # v9\n- uses: actions/{action}@v9"} for action in (
        "cache", "checkout")}  # fmt: skip
    assert render(ONE_JOB + "run = ['true']", pinned["cache"])
    with pytest.raises(CiError, match="actions/checkout is used in two versions: .* aaaa.* in .github/workflows/own"):
        render(ONE_JOB + "run = ['true']", pinned["checkout"])


def test_dependabot_can_be_left_out() -> None:
    assert list(render(f"{ONE_JOB}run = ['true']\n[target.github]\ndependabot = []").files) == [pins.WORKFLOW]
