"""Whatever a definition says, GitHub can read the workflow, and every command of the plan stands in it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given

from ci import plan
from ci.adapters import github
from ci.errors import CiError
from ci.model import Pipeline
from tests.definitions import PATIENT, pipelines
from tests.engines.programs import need_module

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema of workflow files that check-jsonschema brings along (SchemaStore's)."""
    package = need_module("check_jsonschema")
    file = Path(str(package.__file__)).parent / "builtin_schemas/vendor/github-workflows.json"
    jsonschema = need_module("jsonschema")
    return jsonschema.Draft7Validator(json.loads(file.read_text(encoding="utf-8")))


def escaped(text: str) -> str:
    """How a workflow writes ``${{`` as text."""
    return text.replace("${{", "${{ '${{' }}")


@given(pipelines())
@PATIENT
def test_any_definition_gives_a_workflow_that_github_reads(schema: Any, pipeline: Pipeline) -> None:
    compiled = plan.compile(pipeline)
    try:
        rendered = github.render(compiled, github.Options(), {})
    except CiError:
        assume(False)  # what GitHub can't have is refused, in words: tests/ci/adapters/test_github.py
    workflow = yaml.safe_load(rendered.files[".github/workflows/ci.yml"])
    workflow["on"] = workflow.pop(True)  # YAML 1.1, which PyYAML reads, has `on` as a truth
    schema.validate(workflow)
    for job in compiled.jobs:
        runs = [step["run"] for step in workflow["jobs"][job.group]["steps"] if "run" in step]
        assert runs[: len(job.steps)] == [escaped(step.text) for step in job.steps]
