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
        project.run(PIPELINE, Options(names=("x",)))


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


NOT_HERE = """
[[stage]]
name = "release"
[[stage.job]]
name = "publish"
matrix = { to = ["shop", "archive"] }
local = false
run = ["true"]
[[stage.job]]
name = "notes"
run = ["true"]
"""


def test_a_job_that_is_not_for_this_machine_is_left_out_and_the_run_says_how_to_run_it(project: Project) -> None:
    run = project.run(NOT_HERE)
    assert (run.results, run.exit_code) == (
        {"publish-shop": "skipped", "publish-archive": "skipped", "notes": "success"}, 0,
    )
    assert run.job["publish-shop"].note == "not on this machine, unless named: ci run publish"


@pytest.mark.parametrize(("name", "ran"), [
    ("publish", ["publish-shop", "publish-archive"]),
    ("release", ["publish-shop", "publish-archive", "notes"]),
    ("publish-shop", ["publish-shop"]),
    ("publish (archive)", ["publish-archive"]),
])
def test_a_job_that_is_not_for_this_machine_runs_when_it_is_named(project: Project, name: str, ran: list[str]) -> None:
    assert project.run(NOT_HERE, Options(names=(name,))).results == dict.fromkeys(ran, "success")


def test_a_name_beside_it_does_not_run_a_job_that_is_not_for_this_machine(project: Project) -> None:
    assert project.run(NOT_HERE, Options(names=("notes",))).results == {"notes": "success"}


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


PRINTING = """
[[stage]]
name = "lint"
run = ["echo linted"]
[[stage]]
name = "test"
matrix = { shard = [1, 2] }
run = ["echo first", "echo $MATRIX_SHARD"]
retry = 1
artifacts = { tested = ["README"] }
"""


def test_arguments_go_to_the_last_command_of_every_cell(project: Project) -> None:
    run = project.run(PRINTING, Options(names=("test",), arguments=("-k", "it's $HOME")))
    assert run.said("test (1)") == ["first", "1 -k it's $HOME"]
    assert run.said("test (2)") == ["first", "2 -k it's $HOME"]


def test_an_argument_may_be_bytes_that_are_no_text(project: Project) -> None:
    pipeline = """[[stage]]\nname = "job"\nrun = ['''sh -c 'printf %s "$1" | od -An -tx1' sh''']"""
    run = project.run(pipeline, Options(arguments=("\udcff\udc81é",)))
    assert run.said("job") == [" ff 81 c3 a9"]


def test_a_run_with_arguments_says_nothing_to_later_runs(project: Project) -> None:
    failing = PRINTING.replace('"echo first"', '"false"')
    project.run(failing)
    run = project.run(PRINTING, Options(names=("test",), arguments=("only", "this")))
    assert run.results == {"test-1": "success", "test-2": "success"}
    assert not (project.root / "var/artifacts/tested-1").exists()
    assert project.run(PRINTING, Options(only_failed=True)).results == {"test-1": "success", "test-2": "success"}


@pytest.mark.parametrize("names", [(), ("lint", "test")])
def test_arguments_for_several_jobs_are_refused(project: Project, names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError) as refused:
        project.run(PRINTING, Options(names=names, arguments=("-k", "a b")))
    assert str(refused.value) == (
        "arguments behind -- are for one job, and these are lint, test: name one, as in `ci run NAME -- -k 'a b'`"
    )


def test_arguments_that_the_last_command_can_not_take_are_refused(project: Project) -> None:
    with pytest.raises(UsageError) as refused:
        project.run("[[stage]]\nname = 'job'\nrun = ['pytest | tee log']", Options(arguments=("-k", "a b")))
    assert str(refused.value) == (
        "the last command of job takes no arguments: it holds the operator |\n"
        "  $ pytest | tee log\n"
        "by hand: activate the environment (. .venv/bin/activate), and write -k 'a b' where it belongs"
    )
