"""The whole file: parameters, secrets, and a job for each job of the plan."""

import re
from collections.abc import Iterator, Mapping

from ci.adapters.teamcity.script import APPROVED, BRANCH, needs_branch, script
from ci.adapters.teamcity.settings import Options
from ci.adapters.yaml_text import Spaced, Value
from ci.errors import DefinitionError
from ci.plan import Job, Plan, Stage

#: A token that stands for a secret; the server makes the real one.
PLACEHOLDER = "credentialsJSON:00000000-0000-0000-0000-000000000000"

_TOKEN = re.compile(r"^  ([a-z][a-z0-9-]*): (credentialsJSON:[0-9a-f-]{36})$", re.MULTILINE)


def pipeline(plan: Plan, options: Options, current: str) -> dict[str, Value]:
    """The content of the file. The tokens of secrets that the ``current`` one holds are kept.

    Raises DefinitionError for what TeamCity can't have.
    """
    content = Spaced({"version": 1})
    approved = {f"env.{APPROVED}": ""} if any(stage.approval for stage in plan.stages) else {}
    if parameters := {**environment(plan.env), **approved}:
        content["parameters"] = parameters
    tokens = dict(_TOKEN.findall(current))
    if secrets := {secret.id: tokens.get(secret.id, PLACEHOLDER) for job in plan.jobs for secret in job.secrets}:
        content["secrets"] = secrets
    content["jobs"] = _jobs(plan, options)
    return content


def identifier(job: Job) -> str:
    """A job's id: letters, digits and ``_``."""
    return re.sub(r"[^A-Za-z0-9_]", "_", job.slug)


def escaped(text: str) -> str:
    """Text in which no ``%name%`` is a parameter."""
    return text.replace("%", "%%")


def environment(variables: Mapping[str, str]) -> dict[str, Value]:
    """Environment variables as parameters."""
    return {f"env.{name}": escaped(value) for name, value in variables.items()}


def _jobs(plan: Plan, options: Options) -> Spaced:
    content = Spaced()
    taken: dict[str, str] = {}
    before: tuple[Job, ...] = ()
    for stage in plan.stages:
        for job in stage.jobs:
            other = taken.setdefault(identifier(job).lower(), job.name)
            if other != job.name:
                raise DefinitionError(
                    f"ci/pipeline.toml: {other} and {job.name} are both {identifier(job)} for TeamCity, which takes "
                    "letters, digits and _ only: change one of the names"
                )
            content[identifier(job)] = _job(job, stage, plan, before, options)
        before = stage.jobs
    return content


def _job(job: Job, stage: Stage, plan: Plan, before: tuple[Job, ...], options: Options) -> dict[str, Value]:
    content: dict[str, Value] = {"name": job.name, "runs-on": _agent(job, options)}
    if before:
        content["dependencies"] = [_dependency(one) for one in _dependencies(job, plan, before)]
    if job.exclusive or job.approval or job.secrets:
        content["allow-reuse"] = False
    if job.caches and not (job.approval or job.secrets):  # what other runs left is not for a deploy
        content["enable-dependency-cache"] = True
    if parameters := _parameters(job, stage, plan):
        content["parameters"] = parameters
    image = {"docker-image": options.image.replace("{python}", job.python)} if options.docker and job.python else {}
    content["steps"] = [
        {"type": "script", "name": job.name, **image, "script-content": escaped(script(job, stage, plan))}
    ]
    if files := list(_files(job, plan)):
        content["files-publication"] = files
    return content


def _agent(job: Job, options: Options) -> Value:
    if job.runs_on in options.agents:
        return options.agents[job.runs_on]
    if job.runs_on != "linux":
        raise DefinitionError(
            f'ci/pipeline.toml: job "{job.name}" runs on {job.runs_on!r}, and [target.teamcity.agents] does not say '
            f'which agents those are: add {job.runs_on} = "Ubuntu-24.04-Medium", or another, there'
        )
    return {"self-hosted": [{"os-family": "Linux"}]}


def _dependencies(job: Job, plan: Plan, before: tuple[Job, ...]) -> tuple[Job, ...]:
    """The stage before, and the jobs whose files this one takes."""
    makers = [one for one in plan.jobs if any(artifact in one.artifacts for artifact in job.inputs)]
    return tuple({one.name: one for one in (*before, *makers)}.values())


def _dependency(earlier: Job) -> Value:
    """A job that may fail doesn't keep the later ones from running."""
    if earlier.allow_failure:
        return {identifier(earlier): {"on-failed-dependency": "run-ignore-problem"}}
    return identifier(earlier)


def _parameters(job: Job, stage: Stage, plan: Plan) -> dict[str, Value]:
    own = {name: value for name, value in job.env.items() if plan.env.get(name) != value}
    branch: dict[str, Value] = {f"env.{BRANCH}": "%teamcity.build.branch%"} if needs_branch(job, stage) else {}
    secrets: dict[str, Value] = {f"env.{secret.variable}": f"%{secret.id}%" for secret in job.secrets}
    return {**environment(own), **branch, **secrets}


def _files(job: Job, plan: Plan) -> Iterator[dict[str, Value]]:
    wanted = {artifact.name for one in plan.jobs for artifact in one.inputs}
    for report in job.reports:
        yield {"path": report.path, "publish-artifact": True, "share-with-jobs": False}
    for artifact in job.artifacts:
        for path in artifact.paths:
            yield {"path": path, "publish-artifact": True, "share-with-jobs": artifact.name in wanted}
