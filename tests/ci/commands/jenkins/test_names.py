"""Jobs and branches are named as people write them, in every command and in what the commands advise."""

import re
import shlex

import click
import pytest

from ci.commands.jenkins import jenkins as group
from tests.ci.commands.jenkins.console import Console
from tests.fakes.jenkins import Input, JenkinsDouble, Outcome

NAME = "it's \u6d4b\u8bd5/\u00e4 b"

#: Calls for a branch, without its project and name, and their exit codes.
OF_A_BRANCH = {
    "run": 0, "rebuild": 0, "watch --no-wait": 8, "list": 0, "latest --stable": 0, "view": 0, "log 1": 0,
    "download 1": 0, "approve": 0, "cancel": 0,
}


@pytest.mark.parametrize("call", OF_A_BRANCH)
def test_a_branch_is_written_as_git_names_it(jenkins: JenkinsDouble, console: Console, call: str) -> None:
    jenkins.add_multibranch("team/shop", ["feature/login#1"])
    branch = jenkins.find("team/shop/feature%2Flogin%231")
    branch.add_build(artifacts={"a.txt": b"a"}, log=b"a\n")
    branch.start(jenkins.clock.now(), Outcome(duration=60.0, inputs=[Input("deploy", "Deploy?")]), {})
    command, *options = call.split()
    done = console(command, "team/shop", *options, "-b", "feature/login#1")
    assert (done.returncode, done.stderr) == (OF_A_BRANCH[call], "")


def test_every_command_that_takes_a_branch_is_tried() -> None:
    context = click.Context(group)
    commands = {name: group.get_command(context, name) for name in group.list_commands(context)}
    with_branch = {
        name for name, command in commands.items()
        if command and any(parameter.name == "branch" for parameter in command.params)
    }
    assert with_branch - {call.split()[0] for call in OF_A_BRANCH} == {"sync", "hook"}  # there it is another option


@pytest.mark.parametrize("outcome", [{"quiet": 0.0, "duration": 900.0}, {"blocked": 900.0}])
def test_what_a_message_advises_can_be_pasted(
    jenkins: JenkinsDouble, console: Console, outcome: dict[str, float]
) -> None:
    """Also for names with blanks, quotes and letters of other scripts."""
    jenkins.add_job(NAME).on_trigger(**outcome)
    done = console("run", NAME, "--wait", "--timeout", "60")
    advice = re.search(r"\(go on: ci jenkins (.*)\)\n", done.stderr)
    assert (done.returncode, advice is not None) == (7, True)
    jenkins.clock.advance(3600.0)
    assert advice and console(*shlex.split(advice[1])).returncode == 0


def test_names_of_other_scripts_are_shown_as_they_are(jenkins: JenkinsDouble, console: Console) -> None:
    jenkins.add_job(NAME).add_build()
    assert f"✓  SUCCESS  {NAME}\n" in console("jobs").stdout
    assert console("view", NAME).stdout.startswith(f"✓ {NAME} #1: SUCCESS")
    assert console("view", "it's 测试/nope").stderr.count("测试") == 1
