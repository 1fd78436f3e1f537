"""GoCD: what every adapter promises."""

import re
from collections.abc import Mapping
from typing import Any

from ci import plan
from ci.adapters import gocd, testing, yaml_reader
from ci.adapters.testing import JobAsRead


class TestGoCD(testing.Promises):
    """The file as GoCD reads it: YAML, then ``##`` is ``#``."""

    engine = "gocd"
    options = {"resources": {"arm": ["arm64"]}}
    exempt = {
        "cache": "GoCD has no cache, which is a hint",
        "job.cache": "GoCD has no cache, which is a hint",
        "job.local": "only for `ci run`",
    }

    def commands(self, job: plan.Job) -> tuple[str, ...]:
        """One text."""
        return testing.command_of_whole_job(job)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """Every job of the pipeline."""
        return read(files[gocd.FILE])


def read(text: str) -> dict[str, JobAsRead]:
    """The jobs of a file, by their names."""
    jobs = {}
    for pipeline in _undoubled(yaml_reader.read(text))["pipelines"].values():
        for stage in pipeline["stages"]:
            for name, job in next(iter(stage.values()))["jobs"].items():
                jobs[name] = _job(job, pipeline.get("environment_variables", {}))
    return jobs


def _undoubled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _undoubled(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_undoubled(entry) for entry in value]
    return value.replace("##", "#") if isinstance(value, str) else value


def _job(job: Mapping[str, Any], outer: Mapping[str, str]) -> JobAsRead:
    script = job["tasks"][-1]["exec"]["arguments"][1]
    before, at, commands = script.partition("timeout -k ")
    commands = commands.removesuffix(' || echo "failed with exit code $?, which is allowed"')
    empty = {name: "" for name in re.findall(r"^export (\w+)=$", before, re.MULTILINE)}
    env = {**outer, **empty, **job.get("environment_variables", {})}
    plain = {name: value for name, value in env.items() if not value.startswith("{{SECRET:[")}
    return JobAsRead((at + commands,), plain)
