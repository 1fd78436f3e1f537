"""Which jobs run: by name, those that failed, those that this machine may run."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ci.errors import UsageError
from ci.runner import Options
from tests.ci.runner.project import Project

PIPELINE = """
[[stage]]
name = "check"
[[stage.job]]
name = "lint"
run = ["true"]
[[stage.job]]
name = "test"
matrix = { shard = [1, 2] }
run = ['test "$MATRIX_SHARD" = 1 || test -e $DIR/mended']
[[stage]]
name = "build"
run = ["true"]
"""


@pytest.mark.parametrize(("names", "expected"), [
    ((), ["lint", "test-1", "test-2", "build"]),
    (("check",), ["lint", "test-1", "test-2"]),
    (("build", "lint"), ["lint", "build"]),
    (("test",), ["test-1", "test-2"]),
    (("test-2",), ["test-2"]),
    (("test (1)",), ["test-1"]),
])
def test_names_of_stages_jobs_and_cells_select_in_the_order_of_the_plan(
    project: Project, names: tuple[str, ...], expected: list[str]
) -> None:
    run = project.run(PIPELINE.replace("$DIR", "/"), Options(names=names, keep_going=True))
    assert list(run.results) == expected


def test_an_unknown_name_is_an_error_with_a_guess(project: Project) -> None:
    with pytest.raises(UsageError, match="^no stage or job 'tset'; did you mean 'test'[?]$"):
        project.run(PIPELINE, Options(names=("tset",)))
    with pytest.raises(UsageError, match="^no stage or job 'x'; there are check, lint, test"):
        project.run(PIPELINE, Options(allow=frozenset({"x"})))


def test_only_failed_runs_what_has_not_passed_also_after_other_jobs_ran(project: Project, tmp_path: Path) -> None:
    pipeline = PIPELINE.replace("$DIR", str(tmp_path))
    assert project.run(pipeline).results == {
        "lint": "success", "test-1": "success", "test-2": "failure", "build": "not-run"
    }
    project.run(pipeline, Options(names=("lint",)))
    (tmp_path / "mended").touch()
    again = Options(only_failed=True)
    assert project.run(pipeline, again).results == {"test-2": "success", "build": "success"}
    run = project.run(pipeline, again)
    assert (run.results, run.exit_code) == ({}, 0)


def test_only_failed_without_an_earlier_run_says_so(project: Project) -> None:
    with pytest.raises(UsageError, match="start with `ci run`"):
        project.run(PIPELINE, Options(only_failed=True))


WHEN = "[[stage]]\nname = 'job'\nrun = ['true']\nwhen = {}"


@pytest.mark.parametrize(("when", "reason"), [
    ("{ branch = ['main'] }", None),
    ("{ branch = ['other', 'ma*'] }", None),
    ("{ branch = ['mai'] }", "only for branch mai; this is branch main"),
    ("{ tag = ['v*'] }", "only for tag v*; this is branch main"),
    ("{ branch = ['x'], tag = ['v*'] }", "only for branch x or tag v*; this is branch main"),
    ("{ event = ['push', 'manual'] }", None),
    ("{ event = ['push', 'schedule'] }", "only for push or schedule; this run is manual"),
    ("{ variable = ['HERE'] }", None),
    ("{ variable = ['HERE', 'EMPTY', 'MISSING'] }", "EMPTY or MISSING is not set"),
    ("{ branch = ['main'], event = ['push'] }", "only for push; this run is manual"),
])
def test_conditions_on_a_branch(
    project: Project, monkeypatch: pytest.MonkeyPatch, when: str, reason: str | None
) -> None:
    project.git("tag", "v1")
    monkeypatch.setenv("HERE", "x")
    monkeypatch.setenv("EMPTY", "")
    run = project.run(WHEN.format(when))
    assert (run.results["job"], run.job["job"].note) == (("skipped", reason) if reason else ("success", ""))


@pytest.mark.parametrize(("when", "result"), [
    ("{ branch = ['main'] }", "skipped"),
    ("{ tag = ['v*'] }", "success"),
    ("{ branch = ['main'], tag = ['v1'] }", "success"),
])
def test_conditions_on_a_detached_head_with_a_tag(project: Project, when: str, result: str) -> None:
    project.git("tag", "v1")
    project.git("checkout", "--quiet", "--detach")
    assert project.run(WHEN.format(when)).results == {"job": result}


def test_the_condition_of_a_stage_holds_for_all_its_jobs(project: Project) -> None:
    run = project.run("""
        [[stage]]
        name = "stage"
        when = { branch = ["x"] }
        [[stage.job]]
        name = "one"
        run = ["true"]
        [[stage.job]]
        name = "two"
        run = ["true"]
    """)
    assert run.results == {"one": "skipped", "two": "skipped"}


def test_a_job_that_is_not_for_this_machine_runs_only_when_allowed(project: Project) -> None:
    pipeline = "[[stage]]\nname = 'publish'\nlocal = false\nrun = ['true']"
    run = project.run(pipeline)
    assert (run.results, run.exit_code) == ({"publish": "skipped"}, 0)
    assert run.job["publish"].note == "not on this machine, unless asked: --allow publish"
    assert project.run(pipeline, Options(allow=frozenset({"publish"}))).results == {"publish": "success"}


def test_a_stage_with_an_approval_is_a_rehearsal_without_secrets(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "hunter22")
    monkeypatch.setenv("APP", "the-real-one")
    run = project.run("""
        [[stage]]
        name = "deploy"
        approval = "production"
        when = { branch = ["release"], event = ["push"], variable = ["APP"] }
        secrets = { TOKEN = "token" }
        run = ['echo "$CI_ENVIRONMENT ${TOKEN-none} ${APP-none}"', 'echo "it runs at 127.0.0.1" > "$CI_NOTICE_FILE"']
    """)
    assert run.said("deploy") == ["local none none"]
    assert run.job["deploy"].note == "rehearsal of production"
    assert run.result.notices == ("it runs at 127.0.0.1",)


def test_no_job_on_a_laptop_has_another_environment_than_this_machine(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`ci deploy production` in a command of any job goes here: CI_ENVIRONMENT=local wins."""
    monkeypatch.setenv("CI_ENVIRONMENT", "production")
    run = project.run("[[stage]]\nname = 'job'\nrun = ['echo $CI_ENVIRONMENT']")
    assert run.said("job") == ["local"]


def test_a_missing_secret_is_an_error_of_its_job(project: Project) -> None:
    run = project.run("[[stage]]\nname = 'job'\nrun = ['true']\nsecrets = { TOKEN = 'token' }")
    assert run.results == {"job": "failure"}
    assert run.job["job"].note == "the secret TOKEN is not set: put it into the environment of `ci run`"


def test_the_run_command_exits_with_the_code_of_its_result(
    project: Project, start: Callable[[str], "subprocess.Popen[str]"]
) -> None:
    process = start("[[stage]]\nname = 'job'\nrun = ['exit 5']")
    output, _ = process.communicate()
    assert (process.returncode, output.count("exit code 5: exit 5")) == (1, 2)
