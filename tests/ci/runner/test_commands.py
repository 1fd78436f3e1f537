"""Every character of a command arrives at the shell unchanged."""

import shlex
from pathlib import Path

import msgspec
import pytest

from ci import shell
from ci.plan import Plan, Step
from tests.ci.runner.project import Project

JOB = "[[stage]]\nname = 'job'\nrun = ['true']"

HOSTILE = [
    "it's", r"\d", "'''", '"""', "$HOME ${HOME} $(id)", "${{ x }} }}", r"\u0041", r"C:\users", "new\nlines\n\n\nend",
    "CR\rLF\r\n", "\ttabs\t", "  leading and trailing  ", "%s %%", "#1 #{x} ##", "$$", "é ☃ 𝄞", "\x85", "\u2028",
    "\x1b[31m", "- : ? ! & * | > @", "on", "yes", "3.10", "~", "end\\", "`id`", "!history", "a;b&&c||d",
]


def with_steps(plan: Plan, *steps: Step) -> Plan:
    """The plan of one job with other commands, which no definition file has to hold."""
    stage = plan.stages[0]
    job = msgspec.structs.replace(stage.jobs[0], run=steps)
    return msgspec.structs.replace(plan, stages=(msgspec.structs.replace(stage, jobs=(job,)),))


def test_hostile_arguments_arrive_unchanged(project: Project, tmp_path: Path) -> None:
    write = ["sh", "-c", 'printf %s "$1" > "$2"', "sh"]
    texts = [shlex.join([*write, text, f"{tmp_path}/{index}"]) for index, text in enumerate(HOSTILE)]
    run = project.run_plan(with_steps(project.plan(JOB), *(Step("step", text) for text in texts)))
    assert run.results == {"job": "success"}, run.shown.output
    arrived = [(tmp_path / str(index)).read_bytes().decode() for index in range(len(HOSTILE))]
    assert arrived == HOSTILE


@pytest.mark.parametrize(("command", "expected"), [
    ("cat <<'EOF'\nit's $HOME \\d\nEOF", ["it's $HOME \\d"]),
    ("#!/usr/bin/env python3\necho a shell runs this", ["a shell runs this"]),
    ("echo 'no newline at the end'\\\n''", ["no newline at the end"]),
    ("set -- 'a b' \"c\"; echo $#", ["2"]),
    ("echo \"$0\" | sed 's:.*/::'", ["step-0.sh"]),
], ids=["here document", "shebang", "continued line", "arguments", "name"])
def test_whole_texts_arrive_unchanged(project: Project, command: str, expected: list[str]) -> None:
    run = project.run_plan(with_steps(project.plan(JOB), Step("step", shell.command_text(command))))
    assert run.said("job") == expected


def test_a_command_may_be_longer_than_an_argument_can_be(project: Project) -> None:
    text = "printf %s " + "x" * 3_000_000 + " | wc -c | tr -d ' '"
    run = project.run_plan(with_steps(project.plan(JOB), Step("long", text)))
    assert run.said("job") == ["3000000"]
