"""What every engine runs is decided once: matrix, names, order, environment and the exact shell text of every job."""

import subprocess
from pathlib import Path

import msgspec
import pytest

from ci import definition, plan

TEXT = r'''
version = 1
name = "ci"
python = "3.13"
timeout = "20m"
env = { A = "top", B = "top" }
setup = ["pip install ."]

[[stage]]
name = "check"
timeout = "90s"
env = { B = "stage", C = "stage" }
setup = []

[[stage.job]]
name = "lint"
timeout = "1h"
env = { C = "job" }
run = [["flake8", "a b"], "#!/bin/bash\nexit 3"]
retry = 1

[[stage.job]]
name = "test"
matrix = { python = ["3.11", "3.13"], shard = [1, 2] }
run = ["pytest"]
reports = { junit = "reports/junit.xml" }
artifacts = { data = ["out/data/*.csv", "out/log.txt"] }

[[stage]]
name = "deploy"
approval = "production"
when = { branch = ["main"], variable = ["APP"] }
inputs = ["data"]
secrets = { KEY = "deploy-key" }
run = ["./deploy"]
'''


@pytest.fixture(scope="module")
def planned() -> plan.Plan:
    return plan.compile(definition.parse(TEXT).pipeline)


def job(planned: plan.Plan, name: str) -> plan.Job:
    return next(job for job in planned.jobs if job.name == name)


def test_a_matrix_is_expanded_into_named_jobs_in_the_order_written(planned: plan.Plan) -> None:
    assert [(job.name, job.slug, job.group, job.stage) for job in planned.jobs] == [
        ("lint", "lint", "lint", "check"),
        ("test (3.11, 1)", "test-3.11-1", "test", "check"),
        ("test (3.11, 2)", "test-3.11-2", "test", "check"),
        ("test (3.13, 1)", "test-3.13-1", "test", "check"),
        ("test (3.13, 2)", "test-3.13-2", "test", "check"),
        ("deploy", "deploy", "deploy", "deploy"),
    ]


def test_the_python_axis_picks_the_interpreter_and_the_others_are_variables(planned: plan.Plan) -> None:
    cell = job(planned, "test (3.11, 2)")
    assert (cell.python, cell.env["MATRIX_SHARD"]) == ("3.11", "2")
    assert "MATRIX_PYTHON" not in cell.env


def test_the_inner_value_wins(planned: plan.Plan) -> None:
    lint, test = job(planned, "lint"), job(planned, "test (3.11, 1)")
    assert lint.env == {"A": "top", "B": "stage", "C": "job"}
    assert (lint.timeout, test.timeout, job(planned, "deploy").timeout) == (3600, 90, 1200)


def test_an_inner_setup_replaces_the_outer_one(planned: plan.Plan) -> None:
    assert job(planned, "lint").setup == ()
    assert [step.text for step in job(planned, "deploy").setup] == ["pip install ."]


def test_a_stage_with_approval_says_where_its_deploy_goes(planned: plan.Plan) -> None:
    deploy = job(planned, "deploy")
    assert deploy.env == {"A": "top", "B": "top", "CI_ENVIRONMENT": "production"}
    assert deploy.variables == ("APP",)
    assert [msgspec.to_builtins(secret) for secret in deploy.secrets] == [{"variable": "KEY", "id": "deploy-key"}]


def test_the_condition_of_a_stage_with_one_job_is_the_job_s(planned: plan.Plan) -> None:
    stage = planned.stages[1]
    assert stage.when is None and stage.jobs[0].when is not None


def test_artifacts_of_a_matrix_have_a_name_each_and_are_all_put_back(planned: plan.Plan) -> None:
    inputs = job(planned, "deploy").inputs
    assert [(artifact.name, artifact.folder) for artifact in inputs] == [
        ("data-3.11-1", "out"), ("data-3.11-2", "out"), ("data-3.13-1", "out"), ("data-3.13-2", "out"),
    ]


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (("dist/*",), "dist"), (("a.txt",), "."), (("a/b/c.txt",), "a/b"), (("a/b/*", "a/c/*"), "a"),
        (("a/*/c/*",), "a"), (("a/b*",), "a"), (("**/x",), "."), (("a/b/*", "a/bc/*"), "a"),
    ],
)
def test_the_folder_of_an_artifact_is_the_deepest_common_one(paths: tuple[str, ...], folder: str) -> None:
    """actions/upload-artifact cuts it off, so download-artifact must be given it."""
    text = TEXT.replace('["out/data/*.csv", "out/log.txt"]', str(list(paths)).replace("'", '"'))
    found = job(plan.compile(definition.parse(text).pipeline), "test (3.11, 1)").artifacts
    assert [artifact.folder for artifact in found] == [folder]


def test_words_are_quoted_and_retries_stand_in_the_text(planned: plan.Plan) -> None:
    first, second = job(planned, "lint").run
    assert first.text == (
        "attempt=0; until /bin/sh -ec -- 'flake8 '\"'\"'a b'\"'\"''; do\n"
        'code=$?; attempt=$((attempt+1)); [ "$attempt" -le 1 ] || exit "$code"\n'
        "done"
    )
    assert (first.label, second.label) == ("flake8 'a b'", "#!/bin/bash")


def test_where_the_engine_has_no_python_the_job_makes_its_own(planned: plan.Plan) -> None:
    cell = job(planned, "test (3.11, 1)")
    assert cell.python_step == plan.Step("Python 3.11", "python3 -m ci environment --python 3.11 .venv")
    assert cell.in_environment(cell.run[0]) == 'export PATH="$PWD/.venv/bin:$PATH"\npytest'


def test_the_summary_names_the_job_and_its_reports(planned: plan.Plan) -> None:
    step = job(planned, "test (3.11, 1)").summary_step
    assert step is not None
    assert step.text == "python3 -m ci summary 'test (3.11, 1)' --junit reports/junit.xml"
    assert job(planned, "lint").summary_step is None


def test_a_job_is_one_text_for_engines_without_steps(tmp_path: Path) -> None:
    text = TEXT.replace('python = "3.13"\n', "").replace('"pip install ."', '"true"')
    text = text.replace('["./deploy"]', '["echo one; cd /", "pwd; exit 4", "echo never"]')
    script = plan.whole_job(job(plan.compile(definition.parse(text).pipeline), "deploy"))
    done = subprocess.run(["sh", "-ec", script], cwd=tmp_path, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stdout) == (4, f"one\n{tmp_path}\n")
