"""docs/jenkins.md: what it shows works as it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ci.commands.jenkins import jenkins as group
from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import Case, JenkinsDouble, Parameter
from tests.tool import CI, ROOT

PAGE = (ROOT / "docs" / "jenkins.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
SETUP, COMMANDS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
PIPELINE = 'version = 1\nname = "shop"\n[[stage]]\nname = "lint"\nrun = ["true"]\n'


def example(capsys: pytest.CaptureFixture[str], number: int) -> str:
    """Run an example of the page; what it prints."""
    exec(compile(EXAMPLES[number], f"example {number}", "exec"), {})
    return capsys.readouterr().out


def test_the_first_example_runs_a_build(
    jenkins: JenkinsDouble, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    job = jenkins.add_job("folder/app", [Parameter("ENVIRONMENT")])
    job.on_trigger(duration=3.0, log=b"hello\n", result="UNSTABLE")
    assert example(capsys, 0).split() == ["hello", "folder/app", "#1", "UNSTABLE", "10"]


def test_the_second_example_finds_failed_tests(
    jenkins: JenkinsDouble, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    job = jenkins.add_job("folder/app")
    job.add_build(result="FAILURE")
    job.add_build(result="FAILURE", tests=[Case("a", "b", "FAILED"), Case("a", "c")])
    job.add_build()
    assert example(capsys, 1) == "2 ['b']\n1 no tests\n"


def test_the_third_example_saves_artifacts(
    jenkins: JenkinsDouble, console: Console, capsys: pytest.CaptureFixture[str]
) -> None:
    jenkins.add_multibranch("shop")
    jenkins.find("shop/main").add_build(artifacts={"dist/app.tar.gz": b"x", "junit.xml": b"y"})
    assert example(capsys, 2) == "release/dist/app.tar.gz\n"
    assert (console.folder / "release/dist/app.tar.gz").read_bytes() == b"x"


def test_five_commands_lead_from_an_empty_jenkins_to_a_green_build(
    busy: JenkinsDouble, live: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    live.project({"ci/pipeline.toml": PIPELINE, "bin/ci": f"#!/bin/sh\nexec {shlex.join(CI)} \"$@\"\n"})
    (live.folder / "bin/ci").chmod(0o755)
    live.environment["PATH"] = f"{live.folder / 'bin'}:{live.environment['PATH']}"
    for command in ("git init -q", "git remote add origin https://git.example.com/shop.git"):
        shell(live, command)
    commands = COMMANDS.splitlines()
    assert len(commands) == 5
    for command in commands[:3]:
        shell(live, command)
    busy.add_branch(busy.find("shop"), "main").on_trigger(quiet=0.0, duration=1.0, log=b"all well\n")
    said = [shell(live, command) for command in commands[3:]]
    linted = [one.request.form["jenkinsfile"] for one in busy.requests if "/validate" in one.request.path]
    assert linted == [[(live.folder / "Jenkinsfile").read_text()]]
    assert said[0].splitlines()[-1].split() == ["-", "not", "built", "shop", "-b", "main"]
    assert said[1].splitlines()[1:2] == ["all well"]
    assert said[1].splitlines()[-1].startswith("✓ shop/main #1: SUCCESS in ")


def shell(live: Shell, command: str) -> str:
    """Run a line of the page; what it prints."""
    done = subprocess.run(
        ["sh", "-c", command], cwd=live.folder, env=live.environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, ""), command
    return done.stdout


def test_every_command_is_in_the_table_and_its_variables_are_the_right_ones() -> None:
    context = click.Context(group)
    named = set(re.findall(r"^\| `(\w+)", PAGE, re.MULTILINE))
    assert named == set(group.list_commands(context))
    assert re.findall(r"\w+(?==)", SETUP) == ["JENKINS_URL", "JENKINS_USER_ID", "JENKINS_API_TOKEN"]


def test_nothing_of_the_group_is_loaded_before_it_is_used(tmp_path: Path) -> None:
    code = (
        "import sys, ci.cli; print(*sorted(name for name in sys.modules "
        "if name.startswith(('ci.commands.jenkins.', 'ci.jenkins', 'jenkins', 'requests'))))"
    )
    environment = {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, timeout=60)
    assert done.stdout == b"\n"
