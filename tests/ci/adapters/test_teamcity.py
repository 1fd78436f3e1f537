"""TeamCity: scripts, conditions, what it can't have, and deliberate mistakes in its file, which `ci check` finds."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from ci import definition, plan
from ci.adapters import Rendered, teamcity, yaml_reader
from ci.adapters.teamcity import rules
from ci.adapters.teamcity.pipeline import PLACEHOLDER
from ci.errors import DefinitionError

ROOT = Path(__file__).parents[3]
FULL = (ROOT / "tests/golden/teamcity/full" / teamcity.FILE).read_text("utf-8")
ONE_JOB = '[[stage]]\nname = "test"\nrun = ["make test"]\n'


def render(text: str) -> Rendered:
    """What becomes of a definition, given without its first two keys."""
    read = definition.parse(f'version = 1\nname = "x"\n{text}')
    return teamcity.render(plan.compile(read.pipeline), read.engine_options("teamcity", teamcity.Options), {})


def job(text: str, name: str = "test") -> Any:
    """One job of the file that a definition becomes."""
    return yaml_reader.read(render(text).files[teamcity.FILE])["jobs"][name]


def run(text: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What the script of the job does, as TeamCity starts it: without -e, and with `%` for `%%`."""
    script = job(text)["steps"][0]["script-content"].replace("%%", "%")
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", **env}
    return subprocess.run(["sh", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("branch", "runs"),
    [
        ("main", True), ("<default>", True), ("release/1.0", True), ("next", False), ("pull/1", False), ("", False),
        ('$(touch evil); "; touch evil; `touch evil`', False), ("main next", False), ("*", False),
    ],
)
def test_a_job_runs_on_its_branches_only(branch: str, runs: bool, tmp_path: Path) -> None:
    """Whatever a branch is called, nothing of its name is run."""
    text = '[[stage]]\nname = "test"\nrun = ["echo ran"]\nwhen = { branch = ["main", "release/*"] }\n'
    done = run(text, tmp_path, CI_BRANCH=branch)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("ran\n" if runs else f"skipped on the branch {branch}\n")
    assert list(tmp_path.iterdir()) == []


def test_the_default_branch_counts_only_where_it_is_meant(tmp_path: Path) -> None:
    text = '[[stage]]\nname = "test"\nrun = ["echo ran"]\nwhen = { branch = ["next"] }\n'
    assert run(text, tmp_path, CI_BRANCH="<default>").stdout == "skipped on the branch <default>\n"


@pytest.mark.parametrize(("approved", "runs"), [("production", True), ("", False), ("staging", False), ("true", False)])
def test_a_deploy_needs_the_name_of_its_environment(approved: str, runs: bool, tmp_path: Path) -> None:
    """Set by the person who starts the run. In the file it is empty, so that no push deploys."""
    text = '[[stage]]\nname = "test"\nrun = ["echo ran"]\napproval = "production"\n'
    assert yaml_reader.read(render(text).files[teamcity.FILE])["parameters"] == {"env.CI_APPROVED": ""}
    done = run(text, tmp_path, CI_APPROVED=approved)
    assert (done.returncode, "ran\n" == done.stdout) == (0, runs)


def test_a_variable_that_is_empty_skips_the_job(tmp_path: Path) -> None:
    text = '[[stage]]\nname = "test"\nrun = ["echo ran"]\nwhen = { variable = ["APP"] }\n'
    assert run(text, tmp_path).stdout == "skipped: APP is empty\n"
    assert run(text, tmp_path, APP="shop").stdout == "ran\n"


@pytest.mark.parametrize(("command", "code"), [("touch r.xml", 0), ("touch r.xml; exit 3", 3), ("true", 1)])
def test_reports_are_told_and_the_verdict_stays(command: str, code: int, tmp_path: Path) -> None:
    """A report that is missing is a failure."""
    text = f'[[stage]]\nname = "test"\nrun = ["{command}"]\nreports = {{ junit = "r.xml" }}\n'
    assert run(text, tmp_path).returncode == code


def test_the_time_limit_ends_the_job(tmp_path: Path) -> None:
    text = '[[stage]]\nname = "test"\nrun = ["sleep 60"]\ntimeout = "1s"\n'
    assert run(text, tmp_path).returncode == 124


def test_a_percent_sign_is_doubled_and_nothing_is_pasted_into_a_script() -> None:
    found = job('[[stage]]\nname = "test"\nrun = ["date +%F"]\nenv = { A = "100%" }\n')
    assert "date +%%F" in found["steps"][0]["script-content"]
    assert found["parameters"] == {"env.A": "100%%"}


def test_a_stage_waits_for_every_job_of_the_one_before() -> None:
    text = """
[[stage]]
name = "check"
[[stage.job]]
name = "lint"
allow-failure = true
run = ["make lint"]
[[stage.job]]
name = "test"
matrix = { python = ["3.11", "3.13"] }
run = ["make test"]
artifacts = { dist = ["dist/*"] }
[[stage]]
name = "next"
run = ["true"]
[[stage]]
name = "last"
run = ["true"]
inputs = ["dist"]
"""
    assert job(text, "next")["dependencies"] == [
        {"lint": {"on-failed-dependency": "run-ignore-problem"}}, "test_3_11", "test_3_13",
    ]
    assert job(text, "last")["dependencies"] == ["next", "test_3_11", "test_3_13"]


def test_the_token_of_a_secret_belongs_to_the_file() -> None:
    """The server makes it, and people put it there: writing the file again keeps it."""
    read = definition.parse(f'version = 1\nname = "x"\n{ONE_JOB}secrets = {{ KEY = "key", NEW = "new-key" }}\n')
    compiled, token = plan.compile(read.pipeline), "credentialsJSON:12345678-9abc-def0-1234-56789abcdef0"
    current = {teamcity.FILE: f"secrets:\n  key: {token}\n  other: credentialsJSON:{'1' * 36}\n"}
    text = teamcity.render(compiled, teamcity.Options(), current).files[teamcity.FILE]
    assert yaml_reader.read(text)["secrets"] == {"key": token, "new-key": PLACEHOLDER}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{ONE_JOB}runs-on = "arm"\n', r'job "test" runs on \'arm\', and \[target.teamcity.agents\] does not say'),
        (f'{ONE_JOB}matrix = {{ x = ["a-b", "a.b"] }}\n', r"test \(a-b\) and test \(a.b\) are both test_a_b for Team"),
    ],
)
def test_what_teamcity_cannot_have_is_refused_with_the_key_to_change(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        render(text)


MISTAKES = {
    "a misspelt top-level key": ("jobs:\n", "job:\n"),
    "another version": ("version: 1", "version: 2"),
    "no version": ("version: 1\n", ""),
    "a name of the pipeline, which is deprecated": ("version: 1", "version: 1\nname: full"),
    "triggers, which the file can't have": ("version: 1", "version: 1\ntriggers: []"),
    "no jobs": ("jobs:\n", "jobs: {}\nx:\n"),
    "an id with a hyphen": ("  build:\n", "  build-all:\n"),
    "an id with a blank": ("  build:\n", "  build all:\n"),
    "two ids that differ in case": ("  build:\n", "  Publish:\n"),
    "a job twice": ("  build:\n", "  publish:\n"),
    "an unknown key of a job": ("    allow-reuse: false", "    allow-reuse: false\n    timeout: 10"),
    "a condition of a job": ("    allow-reuse: false", "    allow-reuse: false\n    if: branch == main"),
    "no steps": ("    steps:\n", "    step:\n"),
    "a type of step that there is not": ("- type: script", "- type: python"),
    "a misspelt key of a step": ("        script-content:", "        script-conent:"),
    "a step without a type": ("      - type: script\n        name:", "      - name:"),
    "an unknown dependency": ("dependencies: [build]", "dependencies: [bild]"),
    "a dependency twice": ("dependencies: [build]", "dependencies: [build, build]"),
    "a dependency on itself": ("dependencies: [publish, build]", "dependencies: [deploy, build]"),
    "a cycle": ("    name: lint\n", "    name: lint\n    dependencies: [clean]\n"),
    "an unknown reaction": ("run-ignore-problem", "ignore"),
    "a secret in the clear": ("credentialsJSON:00000000-0000-0000-0000-000000000000", "hunter2"),
    "a token that is none": ("credentialsJSON:00000000-0000-0000-0000-000000000000", "credentialsJSON:mine"),
    "a secret named as a variable": ("  index-token:", "  env.INDEX_TOKEN:"),
    "a secret that no job names": ("%index-token%", "secret"),
    "a secret that is not there": ("%index-token%", "%index-tokn%"),
    "a job with a secret that an older run may stand for": (
        "    allow-reuse: false\n    parameters:\n      env.CI_BRANCH", "    parameters:\n      env.CI_BRANCH",
    ),
    "a parameter that is a number": ('env.MATRIX_SHARD: "1"', "env.MATRIX_SHARD: 1"),
    "a parameter that is not there": ('env.MATRIX_SHARD: "1"', 'env.MATRIX_SHARD: "%shard%"'),
    "a single % in a parameter": ('env.MATRIX_SHARD: "1"', 'env.MATRIX_SHARD: "1%"'),
    "a single % in a script": ("rm -rf old", "rm -rf old; date +%F"),
    "the branch pasted into a script": ("rm -rf old", "echo %teamcity.build.branch%"),
    "a script without a time limit": ("timeout -k 30 7200 ", ""),
    "a boolean as a text": ("share-with-jobs: true", 'share-with-jobs: "yes"'),
    "a published file without its path": ("      - path: dist/*.whl\n        publish", "      - publish"),
    "a path that leads out": ("- path: dist/*.whl", "- path: /dist/*.whl"),
    "a file that is published twice": ("- path: dist/*.whl", "- path: dist/*.tar.gz"),
    "an unknown system": ("os-family: Linux", "os-family: linux"),
    "agents as a list": ("    runs-on: Ubuntu-24.04-Arm", "    runs-on: [Ubuntu-24.04-Arm]"),
    "an empty image": ("docker-image: python:3.13-slim", 'docker-image: ""'),
    "a list where jobs are named": ("dependencies: [build]", "dependencies: build"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_deliberate_mistake_is_found(mistake: str) -> None:
    right, wrong = MISTAKES[mistake]
    assert right in FULL
    assert rules.problems({teamcity.FILE: FULL.replace(right, wrong, 1)})


@pytest.mark.parametrize("name", ["small", "full", "release", "template"])
def test_the_generated_files_have_none(name: str) -> None:
    file = ROOT / "tests/golden/teamcity" / name / teamcity.FILE
    assert rules.problems({teamcity.FILE: file.read_text("utf-8")}) == []
