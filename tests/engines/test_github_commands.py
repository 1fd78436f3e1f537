"""Every character of a command, of an environment's value and of a step's name arrives unchanged, through act."""

import json
import re
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ci import definition, plan
from ci.adapters import github
from tests.engines.workflow_run import WorkflowRun, commit, run_workflow

pytestmark = pytest.mark.engine

#: Each broke some generator: pipeline-as-code, YAML, shell or expressions.
HOSTILE = (
    *("it's", r"\d", "'''", '"""', "$HOME ${HOME} $(id)", "`id`", "$$", "%s %%", "#1 #{x} ##", r"\u0041", r"C:\users"),
    *("${{ github.token }} }}", "${{", "$${{ '${{' }}", "}}", "::error::no", "::set-output name=a::b", "%0A%25"),
    *("a\nb", "a\n\nb", "a\n", "a\n\n\n", "\na", "a\rb", "a\r\nb\r\n", "a\tb", "\ta", "\t\na", "  a", "a  ", "a \nb"),
    *("  a\n    b\n c", "a\n  \nb", "end\\", "end\\\nnext", "#!/bin/bash\necho $0", "a # b", "# a", "- a", "a: b"),
    *("é ☃ 𝄞", "\x85", "a\u2028b\u2029", "\ufeffa", "\x1b[31m", "\x7f", "\xa0", "\U0010ffff"),
    *("? a", "! a", "&a", "*a", "|", ">", "@a", "[a]", "{a: b}", "on", "yes", "3.10", "~", "null", "2026-11-22", "---"),
    *("--x", "-n", "x" * 10_000, "é" * 3_000),
)


def toml(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are valid there, but for those of surrogates and for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", r"\u007F")


def job_of(commands: list[str], environment: dict[str, str]) -> tuple[plan.Job, str]:
    """The planned job that runs ``commands``, and its workflow."""
    env = ", ".join(f"{name} = {toml(value)}" for name, value in environment.items())
    text = f'version = 1\nname = "ci"\nenv = {{ {env} }}\non.push = ["main"]\n[[stage]]\nname = "test"\n'
    text += f"run = [{', '.join(toml(command) for command in commands)}]"
    planned = plan.compile(definition.parse(text).pipeline)
    rendered = github.render(planned, github.Options(), {})
    return planned.jobs[0], rendered.files[github.pins.WORKFLOW]


def run(workflow: str, work: Path) -> WorkflowRun:
    """Run one workflow in a new repository."""
    project = work / "project"
    (project / ".github/workflows").mkdir(parents=True)
    (project / ".github/workflows/ci.yml").write_text(workflow, "utf-8", newline="")
    commit(project)
    return run_workflow(project, work / "run")


def recorded(workflow: str, work: Path) -> tuple[list[str], list[str]]:
    """The scripts that the shell is given, in order, and the names of the steps: the shell only copies its script here.

    act names a script by its step's number, and writes a newline before and behind the text.
    """
    folder = work / "scripts"
    folder.mkdir()
    assert workflow.count("    shell: sh\n") == 1
    done = run(workflow.replace("    shell: sh\n", f"    shell: cp {{0}} {folder}\n"), work)
    assert done.results == {"test": "success", "gate": "success"}, done.output
    numbers = range(1, len(list(folder.iterdir())))
    scripts = [(folder / str(number)).read_bytes().decode() for number in numbers]
    return [script.removeprefix("\n").removesuffix("\n") for script in scripts], done.steps


def environment_on_the_step(workflow: str) -> str:
    """The workflow's environment moved to the last step of its job: act, not GitHub, reads that of a workflow twice."""
    before, block, after = re.split(r"(?ms)^(env:\n.*?)(?=^defaults:)", workflow)
    deeper = re.sub(r"(?m)^(?=.)", "        ", block)
    return before + re.sub(r"(?ms)(?=^  gate:)", f"{deeper}\n".replace("\\", r"\\"), after, count=1)


def test_every_hostile_command_reaches_the_shell_as_it_is(tmp_path: Path) -> None:
    """The bytes of the script that the runner hands to the shell, and the step's name, are the plan's."""
    commands = [text for text in HOSTILE if text.strip()]
    job, workflow = job_of(commands, {})
    scripts, names = recorded(workflow, tmp_path)
    assert scripts == [step.text for step in job.steps]
    assert names[1:-1] == [step.label for step in job.steps]


def test_the_shell_makes_of_a_command_what_it_says(tmp_path: Path) -> None:
    """Run for real: each hostile text as an argument, written to a file."""
    folder = tmp_path / "out"
    folder.mkdir()
    commands = [f"printf %s {shlex.quote(text)} > {folder}/{number}" for number, text in enumerate(HOSTILE)]
    _job, workflow = job_of(commands, {})
    done = run(workflow, tmp_path)
    assert done.results == {"test": "success", "gate": "success"}, done.output
    assert [(folder / str(number)).read_bytes().decode() for number in range(len(HOSTILE))] == list(HOSTILE)


def test_every_hostile_value_reaches_the_environment_as_it_is(tmp_path: Path) -> None:
    environment = {f"VALUE_{number}": text for number, text in enumerate(HOSTILE)}
    command = f"import json, os; json.dump(dict(os.environ), open({str(tmp_path / 'env.json')!r}, 'w'))"
    _job, workflow = job_of([shlex.join([sys.executable, "-c", command])], environment)
    done = run(environment_on_the_step(workflow), tmp_path)
    assert done.results["test"] == "success", done.output
    seen = json.loads((tmp_path / "env.json").read_text())
    assert {name: seen.get(name) for name in environment} == environment


letters = st.text("ab $'\"\\{}()`|&;<>#%!*?~=:-\n\t\ré☃𝄞\x85\u2028", min_size=1, max_size=20)
commands = st.lists(letters.filter(lambda text: bool(text.strip())), min_size=20, max_size=40)


@settings(max_examples=4, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(commands)
def test_any_command_reaches_the_shell_as_it_is(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    job, workflow = job_of(texts, {})
    scripts, _names = recorded(workflow, tmp_path_factory.mktemp("run"))
    assert scripts == [step.text for step in job.steps]
