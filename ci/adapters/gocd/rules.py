"""Rules for a file of GoCD's: its form, and what no schema can say. The server finds many of these mistakes late."""

import re
from collections.abc import Iterator, Mapping

from ci.adapters import yaml_reader
from ci.adapters.gocd.file_format import File, Job, Material, Pipeline, Stage
from ci.adapters.gocd.quartz import is_quartz

_SECRET = re.compile(r"\{\{SECRET:\[[^\]]+\]\[[^\]]+\]\}\}")


def problems(files: Mapping[str, str]) -> list[str]:
    """What is wrong with each file of GoCD's, by its path."""
    return [
        f"{path}: {text}" for path, content in files.items() if path.endswith(".gocd.yaml") for text in of_file(content)
    ]


def of_file(text: str) -> list[str]:
    """What is wrong with one file. A wrong form ends the search."""
    try:
        found = yaml_reader.read_as(text, File)
    except ValueError as error:
        return [str(error)]
    return [problem for name, pipeline in found.pipelines.items() for problem in _pipeline(name, pipeline)] + [
        f"environments: {name}: there is no pipeline {pipeline!r}"
        for name, environment in found.environments.items()
        for pipeline in environment.pipelines
        if pipeline not in found.pipelines
    ]


def _pipeline(name: str, pipeline: Pipeline) -> Iterator[str]:
    yield from _both(name, pipeline)
    if pipeline.timer and not is_quartz(pipeline.timer.spec):
        yield f"{name}: timer: {pipeline.timer.spec!r} is no Quartz expression"
    yield from _materials(name, pipeline.materials)
    earlier: dict[str, Stage] = {}
    for entry in pipeline.stages:
        for stage_name, stage in entry.items():
            place = f"{name}: {stage_name}"
            if stage_name.lower() in (known.lower() for known in earlier):
                yield f"{place}: there are two stages of this name"
            yield from _stage(place, stage, earlier)
            earlier[stage_name] = stage


def _materials(place: str, materials: Mapping[str, Material]) -> Iterator[str]:
    sources = {name: one for name, one in materials.items() if one.git or one.type}
    for name, one in materials.items():
        if len([kind for kind in (one.type, one.git, one.pipeline) if kind]) != 1:
            yield f"{place}: materials: {name}: is one of type, git and pipeline"
        if bool(one.pipeline) != bool(one.stage):
            yield f"{place}: materials: {name}: pipeline and stage belong together"
        if one.branch and not one.git:
            yield f"{place}: materials: {name}: a branch belongs to git"
    folders = [one.destination for one in sources.values() if one.destination]
    if len(sources) > 1 and len(set(folders)) < len(sources):
        yield f"{place}: materials: {', '.join(sources)}: each needs a destination of its own"


def _stage(place: str, stage: Stage, earlier: Mapping[str, Stage]) -> Iterator[str]:
    yield from _both(place, stage)
    if len({name.lower() for name in stage.jobs}) < len(stage.jobs):
        yield f"{place}: two jobs have one name"
    for name, job in stage.jobs.items():
        yield from _job(f"{place}: {name}", job, earlier)


def _job(place: str, job: Job, earlier: Mapping[str, Stage]) -> Iterator[str]:
    yield from _both(place, job)
    if job.resources and job.elastic_profile_id:
        yield f"{place}: has resources or an elastic profile, not both"
    for task in job.tasks:
        if bool(task.exec) == bool(task.fetch):
            yield f"{place}: a task is either exec or fetch"
        if task.fetch:
            yield from _fetch(place, task.fetch.stage, task.fetch.job, task.fetch.source, earlier)
    if any(bool(one.build) == bool(one.test) for one in job.artifacts):
        yield f"{place}: an artifact is either build or test"
    kept = _destinations(job)
    for tab, path in job.tabs.items():
        if not any(path.startswith(f"{folder}/") for folder in kept):
            yield f"{place}: tabs: {tab}: no artifact is kept in {path!r}"


def _fetch(place: str, stage: str, job: str, source: str, earlier: Mapping[str, Stage]) -> Iterator[str]:
    if stage not in earlier:
        yield f"{place}: fetch: there is no earlier stage {stage!r}"
    elif job not in earlier[stage].jobs:
        yield f"{place}: fetch: there is no job {job!r} in {stage}"
    elif not any(f"{folder}/".startswith(f"{source}/") for folder in _destinations(earlier[stage].jobs[job])):
        yield f"{place}: fetch: {stage}, {job} keeps nothing in {source!r}"


def _destinations(job: Job) -> list[str]:
    found = [one.build or one.test for one in job.artifacts]
    return [files.destination or files.source for files in found if files]


def _both(place: str, holder: Pipeline | Stage | Job) -> Iterator[str]:
    """What is wrong with variables."""
    for name in sorted(holder.environment_variables.keys() & holder.secure_variables.keys()):
        yield f"{place}: {name} is both plain and secure"
    for name, value in holder.environment_variables.items():
        if "{{SECRET" in value and not _SECRET.fullmatch(value):
            yield f"{place}: {name}: a secret is {{{{SECRET:[configuration][key]}}}}"
    for name, value in holder.secure_variables.items():
        if not value.startswith("AES:"):
            yield f"{place}: {name}: a secure variable holds what the server encrypted (AES:...)"
