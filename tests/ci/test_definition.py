"""ci/pipeline.toml is read strictly; every error names file, line and key, and what was probably meant."""

import re
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci import definition
from ci.errors import CiError, DefinitionError, UsageError

MINIMAL = """\
version = 1
name = "ci"

[[stage]]
name = "lint"
run = ["true"]
"""

SEVERAL = """\
version = 1
name = "ci"

[[stage]]
name = "check"

[[stage.job]]
name = "lint"
run = [
    "true",
    # a comment between
    ["echo", "two words"],
    "\\u0000",
]

[[stage.job]]
name = "test"
matrix = { python = ["3.11", "3.9.1"] }
run = ["true"]

[[stage]]
name = "build"
inputs = ["dist"]
run = ["true"]
"""


OUTSIDE = "must name files inside the checkout, outside of .git, without ./ and //"


def error_of(text: str) -> str:
    """What the user reads for a wrong definition."""
    with pytest.raises(DefinitionError) as caught:
        definition.parse(text)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_the_smallest_definition_is_accepted() -> None:
    pipeline = definition.parse(MINIMAL).pipeline
    assert [stage.name for stage in pipeline.stage] == ["lint"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('timout = "5m"', "there is no key 'timout' here; did you mean 'timeout'?", id="misspelt-key"),
        pytest.param('needs = ["x"]',
                     "there is no key 'needs' here: stages run in order: put the job into a later stage", id="refused"),
        pytest.param("retry = 11", "expected a whole number <= 10", id="too-large"),
        pytest.param('retry = "2"', "expected a whole number, got a string", id="wrong-type"),
        pytest.param('when = { event = ["pull_request"] }',
                     "'pull_request' is not one of push, pull-request, schedule, manual; did you mean 'pull-request'?",
                     id="closed-word"),
        pytest.param('env = { PATH = "/opt" }',
                     "PATH belongs to the engine; choose another name, or set it in the command", id="reserved"),
        pytest.param('env = { GITHUB_TOKEN = "x" }',
                     "GITHUB_TOKEN belongs to the engine; choose another name, or set it in the command", id="github"),
        pytest.param('env = { A = "\\u0000" }', "holds a NUL, which no environment can", id="nul-in-env"),
        pytest.param('setup = [" "]\nretry = 1', "is an empty command", id="empty-command"),
        pytest.param('inputs = ["dist"]', "no earlier stage makes an artifact 'dist'", id="input-from-nowhere"),
        pytest.param('artifacts = { dist = ["../x"] }',
                     "'../x' must name files inside the checkout, outside of .git, without ./ and //", id="outside"),
        pytest.param('matrix = { python = ["3.11", "3.11"] }', "holds a value twice", id="twice"),
        pytest.param("matrix = { python = [3] }", "'3' is not a Python version; write it in quotes, as \"3.13\"",
                     id="python-number"),
        pytest.param("matrix = { shard = [] }", "must not be empty", id="empty-axis"),
        pytest.param("history = 1", "expected true or false, got a whole number", id="history"),
    ],
)
def test_an_error_names_the_line_and_the_key(line: str, message: str) -> None:
    key = line.split(" =")[0]
    found = error_of(MINIMAL + line + "\n")
    assert found.startswith(f'ci/pipeline.toml:7: stage "lint": {key}')
    assert found.replace("3 is not", "'3' is not").endswith(f": {message}")


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param('timeout = "10 m"', 'timeout: \'10 m\' is not a time as "90s", "15m" or "2h"', id="time"),
        pytest.param('timeout = "5m\\n"', 'timeout: \'5m\\n\' is not a time as "90s", "15m" or "2h"', id="newline"),
        pytest.param('timeout = "121h"', "timeout: '121h' is too long: at most 120h", id="long-time"),
        pytest.param('approval = "local"', "approval: 'local' stands for a laptop: choose another name", id="local"),
        pytest.param('setup = [[""]]', "setup[0]: is an empty command", id="empty-word"),
        pytest.param('env = { "a b" = "x" }', "env.\"a b\": 'a b' is not a name of an environment variable: letters, "
                     "digits and _", id="variable"),
        pytest.param('env = { BRANCH_NAME = "main" }', "env.BRANCH_NAME: BRANCH_NAME belongs to the engine; choose "
                     "another name, or set it in the command", id="variable-of-jenkins"),
        pytest.param('when = { variable = ["CI"] }', "when.variable[0]: CI belongs to the engine; choose another name, "
                     "or set it in the command", id="setting-of-the-engine"),
        pytest.param('env = { A = "x" }\nsecrets = { A = "a" }',
                     "secrets.A: A is in `env` too: take it out of one of them", id="secret-in-env"),
        pytest.param('when = { variable = ["A"] }\nsecrets = { A = "a" }',
                     "secrets.A: A is in `when.variable` too: take it out of one of them", id="secret-and-setting"),
        pytest.param('env = { A = "x" }\nwhen = { variable = ["A"] }',
                     "when.variable: A is in `env` too: take it out of one of them", id="setting-in-env"),
        pytest.param('when = { branch = ["a..b"] }',
                     "when.branch[0]: 'a..b' can't be a branch or tag; write it as `git branch` shows it", id="branch"),
        pytest.param('reports = { junit = "a", flake8 = "a" }', "reports.flake8: 'a' is the junit report already",
                     id="one-file-for-two"),
        pytest.param('reports = { junit = "a" }\nartifacts = { lint-junit = ["x"] }',
                     "artifacts.lint-junit: the name 'lint-junit' is taken by a report of job 'lint': choose another",
                     id="name-of-a-report"),
        pytest.param("matrix = { a = [1, 2, 3, 4, 5, 6, 7, 8], b = [1, 2, 3, 4, 5, 6, 7, 8], c = [1, 2, 3, 4, 5] }",
                     "matrix: makes 320 jobs; at most 256 are possible", id="large-matrix"),
        pytest.param(f"""matrix = {{ a = ["{'x' * 40}"], b = ["{'y' * 40}"], c = ["{'z' * 20}"] }}""",
                     f"matrix: makes the name 'lint ({'x' * 40}, {'y' * 40}, {'z' * 20})': longer than 100 characters",
                     id="long-name"),
        pytest.param("matrix = { shard = [1.5] }",
                     "matrix.shard[0]: expected a whole number or a string, got a number with a point; "
                     "write it in quotes", id="number"),
        pytest.param("env = { PORT = 80 }", "env.PORT: expected a string, got a whole number; write it in quotes",
                     id="number-for-a-string"),
        pytest.param('when = { variable = "APP" }',
                     'when.variable: expected a list, got a string; write ["APP"]', id="word-for-a-list"),
        pytest.param('cache = [{ paths = ["a"] }]',
                     "cache[0]: needs either `key-files` or `grows = true`", id="no-key"),
        pytest.param('cache = [{ paths = ["a"], grows = true, key-files = ["a"] }]',
                     "cache[0]: needs either `key-files` or `grows = true`", id="two-keys"),
        pytest.param('cache = [{ paths = ["~/.."], key-files = ["a"] }]', "cache[0]: paths: '..' must name files "
                     "inside the checkout, outside of .git, without ./ and //", id="cache"),
    ],
)
def test_what_no_engine_can_have_is_refused_with_line_and_key(lines: str, message: str) -> None:
    text = MINIMAL.removesuffix('run = ["true"]\n') + f'{lines}\nrun = ["true"]\n'
    assert error_of(text) == f'ci/pipeline.toml:{5 + len(lines.splitlines())}: stage "lint": {message}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('tolerance = "5"', "tolerance: '5' is not a share as \"5%\" or \"2.5%\""),
        ('tolerance = "0.0%"', "tolerance: '0.0%' is not a share as \"5%\" or \"2.5%\""),
        ('budget = "1 minute"', 'budget: \'1 minute\' is not a time as "90s", "15m" or "2h"'),
        ('budget = "9999h"', "budget: '9999h' is too long: at most 120h"),
        ('paths = ["../x"]', f"paths: '../x' {OUTSIDE}"),
        ('history = "../x"', f"history: '../x' {OUTSIDE}"),
        ("tolerence = 1", "tolerence: there is no key 'tolerence' here; did you mean 'tolerance'?"),
    ],
    ids=lambda value: value.partition(" ")[0],
)
def test_settings_of_the_benchmark_gate(line: str, message: str) -> None:
    assert error_of(f"{MINIMAL}\n[bench]\n{line}\n") == f"ci/pipeline.toml:9: bench.{message}"


def test_a_key_that_looks_like_a_place_in_a_message_is_no_traceback() -> None:
    assert error_of(MINIMAL + '"x - at `$.y`" = 1\n').startswith(
        'ci/pipeline.toml:7: stage "lint": "x - at `$.y`": there is no key \'x - at `$.y`\' here; there are'
    )


def test_a_pipeline_of_more_jobs_than_a_release_can_name_is_refused() -> None:
    stages = (f'[[stage]]\nname = "job-{number}"\nrun = ["true"]\n' for number in range(1000))
    assert error_of(MINIMAL + "".join(stages)).endswith("stage: there are 1,001 jobs; at most 1,000 are possible")


def test_jobs_of_a_matrix_must_not_share_a_name_even_where_case_is_lost() -> None:
    text = MINIMAL + 'matrix = { first = ["1", "1-2"], second = ["2-3", "3"], third = ["a", "A"] }\n'
    assert "the name 'lint-1-2-3-a' is taken by a job: choose another" in error_of(text)
    assert "the name 'lint-1-3-A' is taken by a job: choose another" in error_of(text)


def test_a_byte_order_mark_is_no_part_of_the_definition(tmp_path: Path) -> None:
    (tmp_path / "ci").mkdir()
    (tmp_path / definition.FILE).write_text(MINIMAL, encoding="utf-8-sig")
    assert definition.load(tmp_path).pipeline.name == "ci"


@pytest.mark.parametrize("value", ["[" * 3000 + "]" * 3000, "9" * 5000], ids=["deep", "long-number"])
def test_what_tomllib_itself_can_not_read_is_no_traceback(value: str) -> None:
    assert error_of(f"x = {value}\n").startswith("ci/pipeline.toml:")


FULL = tomllib.loads((Path(__file__).parents[1] / "golden" / "full.toml").read_text(encoding="utf-8"))
WRONG: tuple[object, ...] = ("\n", True, [{}], {"a b": 1})


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
def test_a_wrong_value_anywhere_is_refused_with_line_and_key(wrong: object) -> None:
    for path in _paths(FULL):
        table = deepcopy(FULL)
        inner: Any = table
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = wrong
        try:
            definition.parse("".join(f"{key} = {_inline(value)}\n" for key, value in table.items()))
        except DefinitionError as error:
            assert all(re.match(r"ci/pipeline\.toml:\d+: .", line) for line in str(error).splitlines()), str(error)
            key = next(part for part in reversed(path) if isinstance(part, str))
            assert key in str(error) or path[-2:-1] == ("artifacts",) or key == "artifacts", (path, str(error))


def _paths(value: object) -> Iterator[tuple[str | int, ...]]:
    """Every key and index of a table, with those below it."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (key,)
        yield from ((key, *path) for path in _paths(inner))


def test_all_problems_are_reported_in_the_order_of_the_file() -> None:
    assert error_of(SEVERAL).splitlines() == [
        'ci/pipeline.toml:13: stage "check": job "lint": run[2]: holds a NUL, which no shell can read',
        'ci/pipeline.toml:18: stage "check": job "test": matrix.python: \'3.9.1\' is not a Python version; '
        'write it in quotes, as "3.13"',
        'ci/pipeline.toml:23: stage "build": inputs[0]: no earlier stage makes an artifact \'dist\'',
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("version = 2\n" + MINIMAL[12:], "ci/pipeline.toml:1: version: 2 is not one of 1", id="version"),
        pytest.param('name = "x"\n', "ci/pipeline.toml:1: the key 'version' is missing", id="no-version"),
        pytest.param('version = 1\nname = "x"\n', "ci/pipeline.toml:1: the key 'stage' is missing", id="no-stage"),
        pytest.param(MINIMAL + "run = []\n", "ci/pipeline.toml:7: not valid TOML: cannot overwrite", id="key-twice"),
        pytest.param(MINIMAL + '[on\n', "ci/pipeline.toml:7: not valid TOML: expected ']'", id="syntax"),
        pytest.param(MINIMAL + '\n[[stage]]\nname = "lint"\nrun = ["x"]\n',
                     'ci/pipeline.toml:9: stage "lint": name: the name \'lint\' is taken by a job', id="name-twice"),
        pytest.param(MINIMAL + '\n[[stage]]\nname = "gate"\nrun = ["x"]\n',
                     'ci/pipeline.toml:9: stage "gate": name: the name \'gate\' is taken by a job of the generated',
                     id="reserved-name"),
        pytest.param(MINIMAL + '\n[[stage]]\nname = "x"\n', 'ci/pipeline.toml:8: stage "x": does nothing',
                     id="nothing"),
        pytest.param(MINIMAL + '[[stage.job]]\nname = "x"\nrun = ["x"]\n',
                     'ci/pipeline.toml:6: stage "lint": run: belongs to one job', id="run-and-jobs"),
        pytest.param(MINIMAL + '[on]\nschedule = ["0 4 * *"]\n',
                     "ci/pipeline.toml:8: on.schedule[0]: '0 4 * *' is not five cron fields", id="cron"),
        pytest.param(MINIMAL + '[target.github]\nx = 1\n[target.jenkns]\n', "", id="engine-tables-are-free"),
    ],
)
def test_mistakes_elsewhere(text: str, message: str) -> None:
    if not message:
        assert definition.parse(text).pipeline.target == {"github": {"x": 1}, "jenkns": {}}
        return
    assert error_of(text).startswith(message)


@pytest.mark.parametrize("field", ["*/15", "0,30", "0-30/5", "59"])
def test_a_schedule_that_every_engine_reads_is_accepted(field: str) -> None:
    text = MINIMAL + f'[on]\nschedule = ["{field} 4 * * 1-5"]\n'
    assert definition.parse(text).pipeline.on.schedule == (f"{field} 4 * * 1-5",)


@pytest.mark.parametrize("schedule", ["60 * * * *", "* * * * 7", "@daily", "5-1 * * * *", "*  * * * *", "H * * * *"])
def test_a_schedule_that_some_engine_reads_otherwise_is_refused(schedule: str) -> None:
    assert "on.schedule[0]" in error_of(MINIMAL + f'[on]\nschedule = ["{schedule}"]\n')


def test_a_command_that_an_engine_could_not_hold_is_refused_with_its_line() -> None:
    text = MINIMAL.replace('"true"', f'"true",\n    "{"x" * 20_001}"')
    assert error_of(text) == (
        'ci/pipeline.toml:7: stage "lint": run[1]: is longer than 20000 characters: put it into a script file'
    )


def test_a_missing_file_and_a_wrong_encoding_are_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="ci/pipeline.toml is not here"):
        definition.load(tmp_path)
    (tmp_path / "ci").mkdir()
    (tmp_path / definition.FILE).write_bytes(b"version = 1\nname = '\xff'\n")
    with pytest.raises(DefinitionError, match="^ci/pipeline.toml:2: not UTF-8"):
        definition.load(tmp_path)


@given(st.text(alphabet='[]{}=".,#\n abn1\'\\', max_size=60))
def test_any_text_is_accepted_or_refused_with_a_line(extra: str) -> None:
    """Never a traceback, whatever stands in the file."""
    try:
        definition.parse(MINIMAL + extra)
    except CiError as error:
        assert str(error).startswith("ci/pipeline.toml:")


values = st.recursive(
    st.integers() | st.booleans() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from("version name stage on env setup cache keep target python nonsense".split())


@given(st.dictionaries(keys, values, max_size=4))
def test_any_table_is_accepted_or_refused_with_a_line(table: dict[str, object]) -> None:
    text = "".join(f"{key} = {_inline(value)}\n" for key, value in table.items())
    try:
        definition.parse(text)
    except CiError as error:
        assert str(error).startswith("ci/pipeline.toml:")


def _inline(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + re.sub(r"[^\w ./-]", lambda letter: f"\\U{ord(letter[0]):08X}", value, flags=re.ASCII) + '"'
    if isinstance(value, list):
        return f"[{', '.join(map(_inline, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_inline(key)} = {_inline(inner)}" for key, inner in value.items()) + "}"
    return str(value)
