"""GitHub Actions: what every adapter promises."""

import re
from collections.abc import Mapping
from typing import Any

from ci.adapters import testing, yaml_reader
from ci.adapters.testing import JobAsRead


class TestGitHub(testing.Promises):
    """The workflow, read as GitHub reads it: YAML, a job for each cell of a matrix, expressions of our own."""

    engine = "github"
    options = {"runners": {"arm": "ubuntu-24.04-arm"}}
    exempt = {
        "keep.runs": "GitHub keeps runs, not a number of them",
        "cache": "where tags start releases nothing is cached; test_github.py has the others",
        "job.cache": "where tags start releases nothing is cached",
        "job.exclusive": "each job has a machine of its own",
        "job.local": "only for `ci run`",
    }

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """Every cell of every job."""
        workflow = yaml_reader.read(files[".github/workflows/ci.yml"])
        jobs = [job for group, job in workflow["jobs"].items() if group != "gate"]
        cells = [(job, cell) for job in jobs for cell in _cells(job.get("strategy", {}).get("matrix", {}))]
        return dict(_job(job, cell, workflow.get("env", {})) for job, cell in cells)


def _cells(matrix: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = [{}]
    for axis, values in matrix.items():
        cells = [{**cell, axis: value} for cell in cells for value in values]
    return cells


def _job(job: Mapping[str, Any], cell: Mapping[str, Any], outer: Mapping[str, str]) -> tuple[str, JobAsRead]:
    env = {name: value for name, value in {**outer, **job.get("env", {})}.items() if value != f"${{{{ vars.{name} }}}}"}
    commands = [step["run"] for step in job["steps"] if "run" in step and step["name"] != "summary"]
    read = JobAsRead(
        tuple(_evaluated(text, cell) for text in commands),
        {name: _evaluated(value, cell) for name, value in env.items()},
    )
    return _evaluated(job["name"], cell), read


def _evaluated(text: str, cell: Mapping[str, Any]) -> str:
    """The expressions that we write: a text, and the value of an axis."""
    return re.sub(r"\$\{\{ (?:'(\$\{\{)'|matrix\.([\w-]+)) \}\}", lambda found: found[1] or str(cell[found[2]]), text)
