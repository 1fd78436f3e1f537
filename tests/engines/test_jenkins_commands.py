"""Every character of a command and of a variable arrives at the shell unchanged, through Groovy and ``sh -xe``."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ci import checks, plan
from ci.adapters import jenkins
from ci.model import Pipeline, Stage
from tests.definitions import HOSTILE, PATIENT, TEXT, pipelines
from tests.engines.jenkinsfile import Node, Reader, commands, planned_commands
from tests.engines.jenkinsfile_build import Build, build
from tests.engines.jenkinsfile_conditions import branch
from tests.engines.jenkinsfile_rules import problems
from tests.repository import Repository

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit."""
    made = Repository.create(tmp_path_factory.mktemp("repository"))
    made.commit()
    return made.root


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of an agent, whose ``python3`` makes any environment that is asked for."""
    folder = tmp_path_factory.mktemp("machine")
    (folder / "python3").write_text("#!/bin/sh\nmkdir -p .venv/bin\n")
    (folder / "python3").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}", "HOME": str(folder)}


def planned(*stages: Stage, env: Mapping[str, str] | None = None) -> plan.Plan:
    """The plan of stages that the definition would accept."""
    pipeline = Pipeline(version=1, name="commands", env=dict(env or {}), stage=stages)
    assert list(checks.problems(pipeline)) == []
    return plan.compile(pipeline)


def read(compiled: plan.Plan, groovy: Reader) -> Node:
    """The tree of the Jenkinsfile, which keeps all rules."""
    file = groovy.read(jenkins.render(compiled, jenkins.Options(), {}).files["Jenkinsfile"])
    assert problems(file) == []
    return file


def printing(texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Commands that write the texts."""
    return tuple(("printf", "%s", text) for text in texts)


class Agent:
    """Runs plans from the repository, each in a folder of its own."""

    def __init__(self, groovy: Reader, repository: Path, machine: Mapping[str, str], folder: Path) -> None:
        self._groovy, self._repository, self._machine, self._folder = groovy, repository, machine, folder
        self._count = 0

    def run(self, compiled: plan.Plan) -> Build:
        """A build of the default branch by a push."""
        self._count += 1
        folder = self._folder / str(self._count)
        return build(read(compiled, self._groovy), self._repository, folder, branch("main"), environment=self._machine)


@pytest.fixture(scope="module")
def agent(
    groovy: Reader, repository: Path, machine: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Agent:
    """An agent with a Groovy."""
    return Agent(groovy, repository, machine, tmp_path_factory.mktemp("builds"))


KINDS: dict[str, dict[str, object]] = {
    "plain": {},
    "with retries": {"retry": 2},
    "with a Python": {"matrix": {"python": ("3.13",)}},
    "whose failure is allowed": {"allow_failure": True},
    "whose failure is allowed, with a Python": {"allow_failure": True, "matrix": {"python": ("3.13",)}, "retry": 1},
}


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_arrive(kind: str, agent: Agent) -> None:
    """A word of a command reaches the program as it was written, in every kind of job."""
    short = [text for text in HOSTILE if len(text) < 3_000]
    made = agent.run(planned(Stage(name="print", run=printing(short), **KINDS[kind])))  # type: ignore[arg-type]
    assert made.result == "SUCCESS" and not made.allowed
    assert b"".join(command.output for command in made.record.commands) == "".join(short).encode()


def test_long_words_arrive(agent: Agent) -> None:
    """Lines of 10,000 characters, and nothing but quotes."""
    made = agent.run(planned(Stage(name="print", run=printing(HOSTILE))))
    assert [command.output for command in made.record.commands] == [text.encode() for text in HOSTILE]


def test_hostile_commands_are_written_as_they_are(groovy: Reader) -> None:
    """A command that is a text, not words, is the script, byte for byte."""
    texts = tuple(text for text in HOSTILE if text.strip())
    compiled = planned(Stage(name="text", run=texts))
    assert commands(read(compiled, groovy)) == [step.text for step in compiled.jobs[0].steps]


def test_hostile_variables_arrive(agent: Agent) -> None:
    """A variable's value reaches the environment of the command: the pipeline's and the job's."""
    values = {f"V{number}": text for number, text in enumerate(HOSTILE)}
    own = {f"J{number}": text for number, text in enumerate(HOSTILE)}
    show = tuple(f'printf %s "${name}"' for name in (*values, *own))
    made = agent.run(planned(Stage(name="print", run=show, env=own), env=values))
    assert [command.output for command in made.record.commands] == [text.encode() for text in (*HOSTILE, *HOSTILE)]


VARIABLES = st.dictionaries(st.from_regex("[A-Z_]{1,9}Z", fullmatch=True), TEXT, max_size=4)


@given(st.lists(TEXT, min_size=1, max_size=8), VARIABLES)
@PATIENT
def test_any_words_and_variables_arrive(agent: Agent, texts: list[str], env: dict[str, str]) -> None:
    """Whatever the words and the values are."""
    show = tuple(f'printf %s "${name}"' for name in env)
    made = agent.run(planned(Stage(name="print", run=(*printing(texts), *show)), env=env))
    expected = [text.encode() for text in (*texts, *env.values())]
    assert [command.output for command in made.record.commands] == expected


@given(pipelines())
@PATIENT
def test_any_definition_gives_a_file_that_jenkins_reads(groovy: Reader, pipeline: Pipeline) -> None:
    """What the model accepts keeps all rules, and holds every shell text of the plan."""
    compiled = plan.compile(pipeline)
    expected = [text for job in compiled.jobs for text in planned_commands(job)]
    assume(all(len(text.encode()) < 65_535 for text in expected))
    assert commands(read(compiled, groovy)) == expected


def test_a_command_with_a_shebang_line_ends_at_its_first_failure(agent: Agent) -> None:
    """Jenkins would run such a text as a program of its own, without ``-e``."""
    made = agent.run(planned(Stage(name="run", run=("#!/bin/sh\nfalse\ntrue",))))
    assert (made.result, made.jobs) == ("FAILURE", {"run": "failure"})
