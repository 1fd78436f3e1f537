"""GoCD: the timer, branches, what GoCD can't have, and deliberate mistakes in its file, which `ci check` finds."""

import subprocess
from pathlib import Path

import pytest

from ci import definition, plan
from ci.adapters import Rendered, gocd, yaml_reader
from ci.adapters.gocd import rules, validation
from ci.adapters.gocd.quartz import is_quartz, quartz
from ci.errors import DefinitionError

ROOT = Path(__file__).parents[3]
FULL = (ROOT / "tests/golden/gocd/full" / gocd.FILE).read_text("utf-8")
ONE_JOB = '[[stage]]\nname = "test"\nrun = ["make test"]\n'


def render(text: str) -> Rendered:
    """What becomes of a definition, given without its first two keys."""
    read = definition.parse(f'version = 1\nname = "x"\n{text}')
    return gocd.render(plan.compile(read.pipeline), read.engine_options("gocd", gocd.Options), {})


@pytest.mark.parametrize(
    ("cron", "expression"),
    [
        ("30 4 * * *", "0 30 4 * * ?"),
        ("30 4 * * 1", "0 30 4 ? * MON"),
        ("30 4 * * 0", "0 30 4 ? * SUN"),
        ("30 4 * * 6", "0 30 4 ? * SAT"),
        ("30 4 * * 1-5", "0 30 4 ? * MON,TUE,WED,THU,FRI"),
        ("30 4 * * 0-6", "0 30 4 * * ?"),
        ("30 4 * * */2", "0 30 4 ? * SUN,TUE,THU,SAT"),
        ("30 4 1 * *", "0 30 4 1 * ?"),
        ("30 4 */2 * *", "0 30 4 */2 * ?"),
        ("30 4 1,15 * *", "0 30 4 1,15 * ?"),
        ("*/15 8-18 * * *", "0 */15 8-18 * * ?"),
        ("5/20 * * 1-3 *", "0 5,25,45 * * 1-3 ?"),
        ("0 8-18/5 * * *", "0 0 8,13,18 * * ?"),
        ("0,*/30 */1 * */6 *", "0 0,30 * * */6 ?"),
        ("30 4 1 * 1", None),
        ("30 4 */2 * 1", None),
    ],
)
def test_a_schedule_as_quartz_has_it(cron: str, expression: str | None) -> None:
    """Days of the week have names, since their numbers differ by one; of the two kinds of days it takes one."""
    assert quartz(cron) == expression
    assert expression is None or is_quartz(expression)


@pytest.mark.parametrize("text", ["30 4 * * *", "0 30 4 * * *", "0 30 4 ? * ?", "0 60 4 * * ?", "0 0 4 ? * MOO", "x"])
def test_what_is_no_expression(text: str) -> None:
    assert not is_quartz(text)


@pytest.mark.parametrize(
    ("when", "there", "constructs"),
    [
        ("branch = ['main']", True, set()),
        ("branch = ['ma*']", True, set()),
        ("branch = ['next']", False, {"when"}),
        ("branch = ['main'], tag = ['v*']", True, {"when.tag"}),
        ("tag = ['v*']", False, {"when"}),
        ("event = ['pull-request']", False, {"when"}),
        ("event = ['push']", True, {"when.event"}),
        ("event = ['push', 'manual', 'schedule']", True, set()),
    ],
)
def test_a_condition_is_decided_when_the_file_is_written(when: str, there: bool, constructs: set[str]) -> None:
    """GoCD builds the default branch; what it can't tell apart is lost, and says so."""
    rendered = render(f'{ONE_JOB}[[stage]]\nname = "ship"\nrun = ["make ship"]\nwhen = {{ {when} }}\n')
    assert ("make ship" in rendered.files[gocd.FILE]) is there
    assert {note.construct for note in rendered.notes if note.kind == "lost"} == constructs


def test_a_stage_of_another_branch_is_left_out_and_said_once() -> None:
    """Its jobs' secrets are of no interest then."""
    ship = '[[stage]]\nname = "ship"\napproval = "production"\nwhen = { branch = ["next"] }\n'
    one, two = (f'[[stage.job]]\nname = "{name}"\nrun = ["x"]\nsecrets = {{ KEY = "key" }}\n' for name in ("a", "b"))
    rendered = render(f"{ONE_JOB}{ship}{one}{two}")
    assert "ship" not in yaml_reader.read(rendered.files[gocd.FILE])["pipelines"]["x"]["stages"][-1]
    assert [(note.kind, note.construct) for note in rendered.notes if note.place] == [("lost", "when")]


def test_a_pipeline_of_which_nothing_is_left_is_an_error() -> None:
    with pytest.raises(DefinitionError, match="`when` leaves no job for GoCD, which builds main only"):
        render(f'{ONE_JOB}when = {{ tag = ["v*"] }}\n')


def test_an_input_whose_job_is_left_out_is_lost() -> None:
    made = f'{ONE_JOB}when = {{ tag = ["v*"] }}\nartifacts = {{ dist = ["dist/*"] }}\n'
    rendered = render(f'{made}[[stage]]\nname = "ship"\nrun = ["make ship"]\ninputs = ["dist"]\n')
    assert "fetch" not in rendered.files[gocd.FILE]
    assert [note.place for note in rendered.notes if note.construct == "inputs"] == ["ship"]


def test_nothing_starts_by_itself_where_no_push_does() -> None:
    """The first stage waits for a person; a timer starts it all the same."""
    assert "approval: manual" in render(ONE_JOB).files[gocd.FILE]
    assert "approval" not in render(f'[on]\npush = ["main"]\n{ONE_JOB}').files[gocd.FILE]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'{ONE_JOB}runs-on = "arm"\n', r'job "test" runs on \'arm\', and \[target.gocd.resources\] does not say'),
        (f'env = {{ A = "{{{{SECRET:[a][b]}}}}" }}\n{ONE_JOB}', "env.A: GoCD reads .* as the name of a secret"),
        (f'{ONE_JOB}matrix = {{ x = ["a+b", "a_b"] }}\n', r"test \(a\+b\) and test \(a_b\) are both test-a_b for GoCD"),
        ('[[stage]]\nname = "test"\nrun = [' + f'"{"x" * 19_999}",' * 7 + "]\n", "too long together for GoCD"),
    ],
)
def test_what_gocd_cannot_have_is_refused_with_the_key_to_change(text: str, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        render(text)


def test_the_schema_for_editors_is_current() -> None:
    """To mend: python -c 'from ci.adapters.gocd.validation import schema; print(schema())' > FILE"""
    assert (ROOT / "ci/adapters/gocd/schema.json").read_text("utf-8") == validation.schema() + "\n"


MISTAKES = {
    "a misspelt top-level key": ("format_version: 10", "format_verson: 10"),
    "another format": ("format_version: 10", "format_version: 9"),
    "an unknown key of a pipeline": ("    group: apps", "    group: apps\n    locking: true"),
    "no group": ("    group: apps\n", ""),
    "a name with a blank": ("  full:\n", "  full pipeline:\n"),
    "an unknown lock": ("unlockWhenFinished", "unlockWhenDone"),
    "a cron of five fields": ('spec: "0 0,20,40 6 ? * MON,TUE,WED,THU,FRI"', 'spec: "0 6 * * 1-5"'),
    "both days in a timer": ('spec: "0 0,20,40 6 ? * MON,TUE,WED,THU,FRI"', 'spec: "0 0 6 1 * MON"'),
    "an hour that there is not": ('spec: "0 0,20,40 6', 'spec: "0 0,20,40 24'),
    "a boolean as a text": ("only_on_changes: false", 'only_on_changes: "false"'),
    "an unknown kind of material": ("type: configrepo", "type: git"),
    "no materials": ("    materials:\n      repository:\n        type: configrepo\n", ""),
    "a material of two kinds": ("type: configrepo", "type: configrepo\n        git: https://example.org/a.git"),
    "two materials in one folder": (
        "type: configrepo", "type: configrepo\n      other:\n        git: https://example.org/a.git",
    ),
    "a single #": ("python -m build", "python -m build # all"),
    "three #": ("python -m build", "python -m build ### all"),
    "a number as a value": ('MATRIX_SHARD: "1"', "MATRIX_SHARD: 1"),
    "an empty value": ('MATRIX_SHARD: "1"', 'MATRIX_SHARD: ""'),
    "a stage that is no mapping": ("      - clean:\n", "      - tidy\n      - clean:\n"),
    "two stages of one name": ("      - clean:\n", "      - Publish:\n"),
    "a stage name with a blank": ("      - publish:\n", "      - pub lish:\n"),
    "no jobs": ("          jobs:\n            publish:", "          job:\n            publish:"),
    "a key twice": ("              timeout: 30\n", "              timeout: 30\n              timeout: 31\n"),
    "a misspelt key of a task": ("                    arguments:\n", "                    argument:\n"),
    "an unknown condition of a task": ("run_if: passed", "run_if: always"),
    "a task of two kinds": (
        "                - fetch:\n",
        "                - exec:\n                    command: ls\n                  fetch:\n",
    ),
    "a fetch from an unknown stage": ("stage: build\n", "stage: bild\n"),
    "a fetch from a later stage": ("                    stage: verify\n", "                    stage: deploy\n"),
    "a fetch from an unknown job": ("job: build\n", "job: bild\n"),
    "a fetch of what is not kept": ("source: dist\n", "source: dust\n"),
    "a timeout as a text": ("timeout: 30\n", 'timeout: "30"\n'),
    "resources as a text": ("resources: [arm64]", "resources: arm64"),
    "resources and a profile": ("resources: [arm64]", "resources: [arm64]\n              elastic_profile_id: a"),
    "an unknown approval": ("type: manual", "type: person"),
    "a secret without its configuration": ("{{SECRET:[vault][index-token]}}", "{{SECRET:[index-token]}}"),
    "a secure variable in the clear": (
        "            clean:\n", "            clean:\n              secure_variables:\n                A: hunter2\n",
    ),
    "a variable plain and secure": (
        "              environment_variables:\n                STAGE: verify\n",
        "              environment_variables:\n                STAGE: verify\n"
        "              secure_variables:\n                STAGE: AES:a:b\n",
    ),
    "a tab without its file": ("flake8: lint-flake8/flake8.txt", "flake8: reports/flake8.txt"),
    "an artifact without its source": ("                    source: dist/*.whl\n", ""),
    "an environment of unknown pipelines": (
        "format_version: 10", "format_version: 10\nenvironments: {a: {pipelines: [b]}}",
    ),
    "a tab in the indentation": ("    group: apps", "\tgroup: apps"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_deliberate_mistake_is_found(mistake: str) -> None:
    right, wrong = MISTAKES[mistake]
    assert right in FULL
    assert rules.problems({gocd.FILE: FULL.replace(right, wrong, 1)})


@pytest.mark.parametrize("name", ["small", "full", "release", "template"])
def test_the_generated_files_have_none(name: str) -> None:
    file = ROOT / "tests/golden/gocd" / name / gocd.FILE
    assert rules.problems({gocd.FILE: file.read_text("utf-8")}) == []


def run(text: str, folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """What the task of the job does, as GoCD starts it, with `##` read as `#`."""
    file = yaml_reader.read(render(text).files[gocd.FILE].replace("##", "#"))
    (stage,) = file["pipelines"]["x"]["stages"]
    command = stage["test"]["jobs"]["test"]["tasks"][-1]["exec"]
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", **env}
    words = [command["command"], *command["arguments"]]
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, timeout=60)


def test_a_task_runs_the_commands_with_their_characters(tmp_path: Path) -> None:
    text = '[[stage]]\nname = "test"\nrun = ["cd /; x=aba; echo ${x#a} # gone", "pwd"]\nenv = { EMPTY = "" }\n'
    assert run(text, tmp_path).stdout == f"ba\n{tmp_path}\n"


def test_a_variable_that_is_empty_skips_the_job(tmp_path: Path) -> None:
    text = '[[stage]]\nname = "test"\nrun = ["echo ran"]\nwhen = { variable = ["APP"] }\n'
    assert run(text, tmp_path).stdout == "skipped: APP is empty\n"
    assert run(text, tmp_path, APP="shop").stdout == "ran\n"


@pytest.mark.parametrize(("allowed", "code"), [("false", 3), ("true", 0)])
def test_an_allowed_failure_is_green_and_said(allowed: str, code: int, tmp_path: Path) -> None:
    done = run(f'[[stage]]\nname = "test"\nrun = ["exit 3"]\nallow-failure = {allowed}\n', tmp_path)
    assert done.returncode == code
    assert ("failed with exit code 3, which is allowed" in done.stdout) is (code == 0)


def test_the_time_limit_ends_the_job(tmp_path: Path) -> None:
    assert run('[[stage]]\nname = "test"\nrun = ["sleep 60"]\ntimeout = "1s"\n', tmp_path).returncode == 124


def test_inputs_are_put_back_where_they_were(tmp_path: Path) -> None:
    """GoCD fetches `dist` into `.inputs/dist`; what is in it keeps its folders."""
    made = f'{ONE_JOB}artifacts = {{ dist = ["dist/*", "a/b/*.txt", "top.txt"] }}\n'
    text = f'{made}[[stage]]\nname = "ship"\nrun = ["true"]\ninputs = ["dist"]\n'
    file = yaml_reader.read(render(text).files[gocd.FILE])
    build, ship = (next(iter(stage.values()))["jobs"] for stage in file["pipelines"]["x"]["stages"])
    kept = [entry["build"] for entry in build["test"]["artifacts"]]
    assert [(files["source"], files["destination"]) for files in kept] == [
        ("dist/*", "dist/dist"), ("a/b/*.txt", "dist/a/b"), ("top.txt", "dist"),
    ]
    fetch, put_back, _commands = ship["ship"]["tasks"]
    assert fetch == {"fetch": {"stage": "test", "job": "test", "source": "dist", "destination": ".inputs"}}
    for path in ("dist/a.whl", "a/b/c.txt", "top.txt"):
        (tmp_path / ".inputs/dist" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / ".inputs/dist" / path).write_text(path, "utf-8")
    command = put_back["exec"]
    subprocess.run([command["command"], *command["arguments"]], cwd=tmp_path, check=True)
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert found == ["a/b/c.txt", "dist/a.whl", "top.txt"]
