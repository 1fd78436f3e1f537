"""Commands as people and programs meet them: output, errors and exit codes."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from ci import adapters
from ci.cli import main
from tests.tool import CI, ROOT

ENGINES = ", ".join(sorted(adapters.BUILT_IN))
TEXT = """\
version = 1
name = "ci"

[[stage]]
name = "lint"
run = ["true"]

[[stage]]
name = "test"
matrix = { python = ["3.13"] }
run = ["true"]

[[stage]]
name = "deploy"
approval = "production"
run = ["true"]
"""


class Ended(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Ci = Callable[..., Ended]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a definition and nothing else."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/pipeline.toml").write_text(TEXT)
    return tmp_path


@pytest.fixture
def ci(project: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Ci:
    """Run the command line in the project, but not in a process of its own: starting one takes most of the time."""
    monkeypatch.chdir(project)

    def call(*arguments: str, **environ: str) -> Ended:
        with monkeypatch.context() as changed:
            changed.setattr(sys, "argv", ["ci", *arguments])
            for name, value in environ.items():
                changed.setenv(name, value)
            try:
                code = main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Ended(code, *capfd.readouterr())

    return call


def test_generate_writes_and_check_is_silent_then(ci: Ci, project: Path) -> None:
    first = ci("generate")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines()[:3] == [
        "wrote: Jenkinsfile", "wrote: .github/dependabot.yml", "wrote: .github/workflows/ci.yml",
    ]
    check = ci("generate", "--check")
    assert (check.returncode, check.stdout, check.stderr) == (0, "", "")


def test_what_is_up_to_date_is_one_line(ci: Ci) -> None:
    ci("generate")
    assert ci("generate") == (0, "up to date: 3 files\n", "")
    assert ci("generate", "--to", "jenkins") == (0, "up to date: 1 file\n", "")


def test_what_is_to_be_set_up_by_hand_is_said_the_first_time_and_on_request(ci: Ci, project: Path) -> None:
    ci("generate", "--to", "jenkins")
    first = ci("generate").stdout
    assert "On GitHub Actions:\n" in first and "On Jenkins:" not in first
    (project / "Jenkinsfile").write_text((project / "Jenkinsfile").read_text() + "\n")
    assert ci("generate").stdout == "wrote: Jenkinsfile\nup to date: 2 files\n"
    again = ci("generate", "--verbose").stdout
    assert again == f"up to date: 3 files\n\n{notes_of(ci, 'jenkins')}\n{notes_of(ci, 'github')}"


def notes_of(ci: Ci, engine: str) -> str:
    return ci("explain", "--to", engine).stdout.removesuffix("\n")


def test_check_shows_a_diff_and_how_to_mend_it(ci: Ci, project: Path) -> None:
    ci("generate")
    (project / "Jenkinsfile").write_text((project / "Jenkinsfile").read_text().replace("agent none", "agent any"))
    check = ci("generate", "--check")
    assert check.returncode == 1
    assert "\n-    agent any\n+    agent none\n" in check.stdout
    assert check.stderr == "the files above differ from ci/pipeline.toml; to mend it run: ci generate\n"


def test_a_dry_run_writes_nothing(ci: Ci, project: Path) -> None:
    assert ci("generate", "--dry-run", "--to", "jenkins").stdout.startswith("would write: Jenkinsfile\n")
    assert sorted(path.name for path in project.iterdir()) == ["ci"]


@pytest.mark.parametrize("command", ["explain", "generate"])
def test_a_lost_meaning_is_exit_3_where_none_may_be(ci: Ci, command: str) -> None:
    """Bazel runs targets in any order."""
    assert ci(command, "--to", "bazel").returncode == 0
    done = ci(command, "--to", "bazel", "--strict")
    assert done.returncode == 3
    assert done.stderr.startswith("ci: --strict: meaning is lost:\n  bazel: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["generate", "--to", "jenkens"], "ci: there is no engine 'jenkens'; did you mean 'jenkins'?\n"),
        *((["generate", "--to", name], f"ci: there is no engine {name!r}; did you mean 'github'?\n")
          for name in ("github-actions", "GitHub Actions", "GitHub", "gh", "gha", "actions")),
        *((["check", name], f"ci: there is no engine {name!r}; did you mean 'jenkins'?\n")
          for name in ("jenkinsfile", "Jenkinsfile", "jenkins-pipeline")),
        *((["explain", "--to", name], f"ci: there is no engine {name!r}; there are {ENGINES}\n")
          for name in ("gitlab", "gitlab-ci", "gitlab-actions", "circleci", "ci", "g", "")),
        (["script", "lnt"], "ci: no job 'lnt'; there are lint, test-3.13, deploy\n"),
        (["build", "--stage", "nope", "app"], "ci: no stage 'nope'; there are lint, test, deploy\n"),
        (["run", "lnt", "--list"], "ci: no stage or job 'lnt'; did you mean 'lint'?\n"),
        (["lint"], "ci: there is no command 'lint'; did you mean `ci run lint`?\n"),
        (["lnt"], "ci: there is no command 'lnt'; did you mean `ci run lint`?\n"),
        (["test-3.13"], "ci: there is no command 'test-3.13'; did you mean `ci run test-3.13`?\n"),
        (["test (3.13)"], "ci: there is no command 'test (3.13)'; did you mean `ci run 'test (3.13)'`?\n"),
        (["genrate"], "ci: there is no command 'genrate'; did you mean `ci generate`?\n"),
        (["xyzzy", "--help"], "ci: there is no command 'xyzzy'; `ci --help` lists them\n"),
        (["jenkins", "veiw"], "ci: there is no command 'veiw'; did you mean `ci jenkins view`?\n"),
        (["jenkins", "xyzzy"], "ci: there is no command 'xyzzy'; `ci jenkins --help` lists them\n"),
        (["run", "--stage", "lint"], "ci: there is no option '--stage'; did you mean `ci run lint`?\n"),
        (["run", "--job=lint", "deploy"], "ci: there is no option '--job'; did you mean `ci run lint deploy`?\n"),
        (["run", "--lint"], "ci: there is no option '--lint'; did you mean `ci run lint`?\n"),
        (["run", "--", "lint"], "ci: arguments behind -- are for one job, and these are lint, test, deploy: name one, "
         "as in `ci run NAME -- lint`\n"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_name_is_one_line_and_exit_2(ci: Ci, arguments: list[str], message: str) -> None:
    done = ci(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)


def test_a_wrong_definition_is_its_lines_and_exit_2(ci: Ci, project: Path) -> None:
    (project / "ci/pipeline.toml").write_text(TEXT.replace("run", "rnu", 1))
    done = ci("generate", "--check")
    assert (done.returncode, done.stderr) == (
        2, "ci: ci/pipeline.toml:6: stage \"lint\": rnu: there is no key 'rnu' here; did you mean 'run'?\n",
    )


def test_outside_of_a_project(tmp_path: Path, ci: Ci, project: Path) -> None:
    (project / "ci/pipeline.toml").unlink()
    done = ci("run")
    assert (done.returncode, done.stderr) == (
        2,
        "ci: there is no ci/pipeline.toml here or in a folder above: run ci inside a checkout of a project that has "
        "one, or write one: `ci new DIRECTORY` makes a project, `ci adopt` adds the tool to this one\n",
    )


def test_jobs_are_listed_for_people_and_programs(ci: Ci) -> None:
    assert ci("run", "--list").stdout == (
        "NAME       STAGE   JOB\n"
        "lint       lint    lint\n"
        "test-3.13  test    test (3.13)\n"
        "deploy     deploy  deploy\n"
    )
    jobs = json.loads(ci("run", "--list", "--json").stdout)
    assert [(job["name"], job["timeout"], job["env"]) for job in jobs] == [
        ("lint", 1800, {}), ("test (3.13)", 1800, {}), ("deploy", 1800, {"CI_ENVIRONMENT": "production"}),
    ]


def test_explain_ends_with_what_engines_need(ci: Ci) -> None:
    done = ci("explain")
    assert done.returncode == 0
    assert done.stdout.startswith("ci: 3 stages, 3 jobs.\nStarts by hand.\n\n1. lint\n")
    assert "\nOn Jenkins:\n" in done.stdout and "\nOn GitHub Actions:\n" in done.stdout


def test_the_shell_completes_job_names(ci: Ci) -> None:
    done = ci(_CI_COMPLETE="bash_complete", COMP_WORDS="ci run l", COMP_CWORD="2")
    assert done.stdout == "plain,lint\n"
    assert "_CI_COMPLETE=bash_complete" in ci("completion", "bash").stdout


def test_the_shell_completes_nothing_behind_a_command_that_there_is_not(ci: Ci) -> None:
    assert ci(_CI_COMPLETE="bash_complete", COMP_WORDS="ci tset x", COMP_CWORD="2").stderr == ""


def test_help_names_every_command(ci: Ci) -> None:
    listed = ci("--help").stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == [
        "adopt", "bench", "build", "check", "completion", "deploy", "environment", "explain", "generate", "jenkins",
        "new", "releases", "rollback", "run", "schema", "script", "setup", "stop", "summary", "update",
    ]


def test_a_closed_pipe_is_no_traceback(project: Path) -> None:
    command = f"{shlex.join(CI)} schema | head -n 1"
    done = subprocess.run(["sh", "-c", command], cwd=project, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("{\n", "")


def test_a_full_disk_is_one_line(project: Path) -> None:
    command = f"{shlex.join(CI)} explain > /dev/full"
    done = subprocess.run(["sh", "-c", command], cwd=project, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, "ci: the system refuses: No space left on device\n")


def test_a_working_directory_that_is_gone_is_one_line(project: Path) -> None:
    command = f"mkdir gone; cd gone; rmdir ../gone; {shlex.join(CI)} explain"
    done = subprocess.run(["sh", "-c", command], cwd=project, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (2, "ci: the system refuses: No such file or directory\n")


@pytest.mark.parametrize("checks", ["{", "7", "lint"])
def test_checks_that_are_no_list_are_one_line(ci: Ci, checks: str) -> None:
    done = ci("build", "app", CI_CHECKS=checks)
    message = f"ci: CI_CHECKS must be a JSON list of names, not {checks!r}; unset it\n"
    assert (done.returncode, done.stderr) == (2, message)


@pytest.mark.parametrize("factor", ["nan", "inf", "0", "-1"])
def test_a_factor_that_is_none_is_refused(ci: Ci, factor: str) -> None:
    done = ci("run", "--list", "--timeout-scale", factor)
    assert (done.returncode, "Invalid value for '--timeout-scale'" in done.stderr) == (2, True)


def test_starting_up_loads_only_what_the_start_needs(project: Path) -> None:
    """No engine, no network library, no terminal library: they load when their command runs."""
    code = "import sys, ci.cli; print(*sorted({'requests', 'jenkins', 'rich', 'yaml', 'msgspec'} & set(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=project, env=env, capture_output=True, timeout=60)
    assert done.stdout == b"\n"
