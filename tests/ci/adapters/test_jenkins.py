"""The Jenkinsfile as a whole: options, notes, and what Jenkins can't have. Whole files: test_golden.py."""

from pathlib import Path

import pytest

from ci import adapters, definition, plan
from ci.adapters import Note, Rendered, jenkins
from ci.errors import DefinitionError

GOLDEN = Path(__file__).parents[2] / "golden"
ONE_JOB = '[[stage]]\nname = "test"\nrun = ["make test"]\n'


def render(text: str) -> Rendered:
    """What becomes of a definition, given without its first two keys."""
    read = definition.parse(text if text.startswith(("#", "version")) else f'version = 1\nname = "x"\n{text}')
    return jenkins.render(plan.compile(read.pipeline), read.engine_options("jenkins", jenkins.Options), {})


def lines(text: str) -> list[str]:
    """The lines of the pipeline, without their indentation."""
    return [line.strip() for line in render(text).files["Jenkinsfile"].split("\n") if not line.startswith("//")]


def test_the_module_is_an_adapter() -> None:
    """It has what ``ci.adapters.Adapter`` asks for."""
    adapter = adapters.find("jenkins")
    assert (adapter.TITLE, adapter.OWNS, adapter.Options) == ("Jenkins", ("Jenkinsfile",), jenkins.Options)


def test_the_first_line_says_who_owns_the_file() -> None:
    """So that ``ci generate`` may replace it."""
    assert render(ONE_JOB).files["Jenkinsfile"].startswith(f"// {adapters.OWNERSHIP}\n")


@pytest.mark.parametrize(
    ("concurrency", "option"),
    [
        ("cancel-superseded-pr", ["disableConcurrentBuilds(abortPrevious: env.CHANGE_ID != null)"]),
        ("queue", ["disableConcurrentBuilds()"]),
        ("parallel", []),
    ],
)
def test_concurrency(concurrency: str, option: list[str]) -> None:
    """On a branch nothing is cut off: it could be a deploy."""
    found = [line for line in lines(f'concurrency = "{concurrency}"\n{ONE_JOB}') if "disableConcurrent" in line]
    assert found == option


@pytest.mark.parametrize(
    ("timeout", "limit"),
    [("90s", "time: 90, unit: 'SECONDS'"), ("90m", "time: 90, unit: 'MINUTES'"), ("2h", "time: 2, unit: 'HOURS'")],
)
def test_a_time_limit_is_exact(timeout: str, limit: str) -> None:
    """In the largest unit that says it."""
    assert f"timeout({limit}) {{" in lines(f'{ONE_JOB}timeout = "{timeout}"\n')


def test_an_agent_by_label() -> None:
    """``linux`` is any agent, unless a label says which."""
    assert "agent any" in lines(ONE_JOB)
    assert "agent { label 'big' }" in lines(f'{ONE_JOB}[target.jenkins]\nlabels = {{ linux = "big" }}\n')


def test_a_machine_without_a_label_is_an_error() -> None:
    """Jenkins would wait for ever for an agent that nobody has named."""
    with pytest.raises(DefinitionError, match=r"runs on 'arm', and \[target.jenkins.labels\] does not say"):
        render(f'{ONE_JOB}runs-on = "arm"\n')


def test_a_job_without_python_needs_no_container() -> None:
    """``docker = true`` is for jobs that name a Python."""
    assert "agent any" in lines(f"{ONE_JOB}[target.jenkins]\ndocker = true\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ('image = "python:{version}"', "target.jenkins.image: 'python:{version}' is not a container image"),
        ('poll = "every day"', "target.jenkins.poll: 'every day' is not a line of five cron fields"),
        ("dokcer = true", "there is no key 'dokcer' here; did you mean 'docker'?"),
        ('labels = { linux = "" }', "target.jenkins.labels"),
        ('approvers = { production = "alice; bob" }', "target.jenkins.approvers"),
    ],
)
def test_a_wrong_option_is_an_error_with_its_line(options: str, message: str) -> None:
    """``[target.jenkins]`` is as strict as the rest of the definition."""
    with pytest.raises(DefinitionError) as error:
        render(f"{ONE_JOB}[target.jenkins]\n{options}\n")
    assert str(error.value).startswith("ci/pipeline.toml:7: ") and message in str(error.value)


@pytest.mark.parametrize("name", ["in", "class", "this"])
def test_a_variable_that_is_a_word_of_groovy_is_an_error(name: str) -> None:
    """``in = '1'`` does not parse."""
    with pytest.raises(DefinitionError, match=f"'{name}' is a word of Groovy"):
        render(f'env = {{ {name} = "1" }}\n{ONE_JOB}')
    with pytest.raises(DefinitionError, match=f"'{name}' is a word of Groovy"):
        render(f'{ONE_JOB}secrets = {{ {name} = "id" }}\n')


def test_an_allowed_failure_with_too_much_text_is_an_error() -> None:
    """Its commands are one script, and a literal of Groovy holds 65,535 bytes."""
    command = "'" + "é" * 19_000 + "'"
    with pytest.raises(DefinitionError, match='job "test" are too long together'):
        render(f'[[stage]]\nname = "test"\nallow-failure = true\nrun = ["{command}", "{command}"]\n')


def test_a_question_only_where_a_job_would_run() -> None:
    """Where each job of a stage has its own condition, nobody is asked unless one of them holds."""
    text = """
[[stage]]
name = "ship"
approval = "production"
[[stage.job]]
name = "app"
run = ["a"]
when = { branch = ["main"] }
[[stage.job]]
name = "docs"
run = ["b"]
when = { event = ["manual"], branch = ["docs"] }
"""
    found = lines(text)
    assert found[found.index("when {"):found.index("parallel {")] == [
        "when {", "beforeInput true", "beforeAgent true", "anyOf {",
        "allOf {", "branch comparator: 'EQUALS', pattern: 'main'", "not { buildingTag() }", "}",
        "allOf {", "branch comparator: 'EQUALS', pattern: 'docs'", "not { buildingTag() }",
        "not { triggeredBy 'TimerTrigger' }", "triggeredBy 'UserIdCause'", "}",
        "}", "}", "input { message 'Deploy to production?' }",
    ]


def test_two_jobs_that_keep_files_of_one_name() -> None:
    """The second would replace the first's files, so each keeps them in a folder of its own."""
    text = '[[stage]]\nname = "test"\nrun = ["x"]\nmatrix = { shard = [1, 2] }\nreports = { benchmark = "b.json" }\n'
    assert [line for line in lines(text) if "archiveArtifacts" in line] == [
        "archiveArtifacts artifacts: 'test-1-benchmark/**'",
        "archiveArtifacts artifacts: 'test-2-benchmark/**'",
    ]


def test_notes_of_a_plain_definition() -> None:
    """What has to be done beside the file, whatever stands in it."""
    on = '[on]\npush = ["*"]\npull-request = ["*"]\n'
    assert render(f"{on}{ONE_JOB}").notes == (
        Note("manual-setup", "on", "", "make a multibranch job of this repository; a plain job knows no branch"),
        Note("manual-setup", "on.pull-request", "", "let the job discover pull requests of origin and forks"),
    )


def test_nothing_is_lost() -> None:
    """Jenkins can say all that a definition can."""
    assert {note.kind for note in render((GOLDEN / "full.toml").read_text("utf-8")).notes} == {
        "manual-setup", "approximated",
    }


def test_a_note_about_all_cells_of_a_matrix_is_written_once() -> None:
    rendered = render(
        'version = 1\nname = "x"\n[[stage]]\nname = "a"\nmatrix = { x = [1, 2] }\nrun = ["true"]\n'
        'when = { branch = ["main"] }\nsecrets = { KEY = "key" }\n'
    )
    assert [note.place for note in rendered.notes if note.construct == "secrets"] == ["a"]
