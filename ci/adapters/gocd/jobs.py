"""One job: what it fetches, its commands as one task, and what is kept of it."""

import shlex
from collections.abc import Iterator, Mapping

from ci import plan as planning
from ci.adapters.gocd import branches, names
from ci.adapters.gocd.settings import Options
from ci.adapters.yaml_text import Value
from ci.errors import DefinitionError
from ci.plan import Artifact, Job, Plan, Report

#: Where inputs arrive, before they are put back at their old paths.
INPUTS = ".inputs"

#: Seconds of silence beside the job's time limit, for checkout and transfers, before GoCD gives up on it.
MARGIN = 600

#: Bytes that Linux takes as one argument of a program (MAX_ARG_STRLEN, execve(2)).
LONGEST_ARGUMENT = 131_071

_SECRET = "{{SECRET:["


def job(job: Job, plan: Plan, options: Options) -> dict[str, Value]:
    """The entry of a stage's ``jobs``. Raises DefinitionError for what GoCD can't have."""
    content: dict[str, Value] = {"timeout": minutes_of_silence(job)}
    if resources := _resources(job, options):
        content["resources"] = list(resources)
    own = {name: value for name, value in job.env.items() if plan.env.get(name) != value}
    secrets = {secret.variable: f"{_SECRET}{options.secrets}][{secret.id}]}}}}" for secret in job.secrets}
    if env := {**environment(own), **secrets}:
        content["environment_variables"] = env
    content["tasks"] = [*_inputs(job, plan), _exec(script(job))]
    if kept := [*map(_report, job.reports), *_artifacts(job)]:
        content["artifacts"] = kept
    if tabs := {report.kind: f"{report.artifact}/{_file(report)}" for report in job.reports if report.kind == "flake8"}:
        content["tabs"] = tabs
    return content


def environment(variables: Mapping[str, str]) -> dict[str, Value]:
    """What stands in ``environment_variables``, which take no empty value; the script sets those.

    Raises DefinitionError for a value that GoCD would take for a secret.
    """
    for name, value in variables.items():
        if _SECRET in value:
            raise DefinitionError(
                f"ci/pipeline.toml: env.{name}: GoCD reads {_SECRET} as the name of a secret; set it in the command"
            )
    return {name: value for name, value in variables.items() if value}


def script(job: Job) -> str:
    """The text of a job's task: what must be set, then the commands under their time limit."""
    return "\n".join([*_gates(job), *_empty_variables(job), _limited(job)])


def minutes_of_silence(job: Job) -> int:
    """GoCD's own time limit, which only a job without any output reaches: later than ours."""
    return -(-(job.timeout + MARGIN) // 60)


def _gates(job: Job) -> Iterator[str]:
    for name in job.variables:
        yield f'[ -n "${{{name}}}" ] || {{ echo "skipped: {name} is empty"; exit 0; }}'


def _empty_variables(job: Job) -> Iterator[str]:
    yield from (f"export {name}=" for name, value in job.env.items() if not value)


def _limited(job: Job) -> str:
    text = planning.whole_job(job)
    if not job.allow_failure:
        return text
    return f'{text} || echo "failed with exit code $?, which is allowed"'


def _exec(text: str) -> dict[str, Value]:
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_ARGUMENT:
        raise DefinitionError(
            "ci/pipeline.toml: the commands of a job are too long together for GoCD, which runs them as one script "
            f"(it begins with {text[:60]!r}): move them into a script file"
        )
    return {"exec": {"command": "/bin/sh", "arguments": ["-ec", text], "run_if": "passed"}}


def _resources(job: Job, options: Options) -> tuple[str, ...]:
    if job.runs_on not in options.resources and job.runs_on != "linux":
        raise DefinitionError(
            f'ci/pipeline.toml: job "{job.name}" runs on {job.runs_on!r}, and [target.gocd.resources] does not say '
            f'which agents those are: add {job.runs_on} = ["a resource"] there'
        )
    return options.resources.get(job.runs_on, ())


def _inputs(job: Job, plan: Plan) -> Iterator[dict[str, Value]]:
    """Fetch each artifact into a folder of its own; a fetched folder keeps its last name."""
    fetched = []
    for artifact in job.inputs:
        makers = ((maker, stage) for stage in plan.stages for maker in stage.jobs)
        maker, stage = next((maker, stage) for maker, stage in makers if artifact in maker.artifacts)
        if branches.may_run(maker, stage, plan):
            fetched.append(artifact.name)
            place: dict[str, Value] = {"stage": stage.name, "job": names.of_job(maker)}
            yield {"fetch": {**place, "source": artifact.name, "destination": INPUTS}}
    if fetched:
        copies = "\n".join(f"cp -R {shlex.quote(f'{INPUTS}/{name}/.')} ." for name in fetched)
        yield _exec(f"{copies}\nrm -r {INPUTS}")


def _report(report: Report) -> dict[str, Value]:
    kind = "test" if report.kind == "junit" else "build"
    return {kind: {"source": report.path, "destination": report.artifact}}


def _file(report: Report) -> str:
    return report.path.rpartition("/")[2]


def _artifacts(job: Job) -> Iterator[dict[str, Value]]:
    """Each below its name, in the folders it has in the checkout (GoCD cuts off those before the first wildcard)."""
    for artifact in job.artifacts:
        for path in artifact.paths:
            yield {"build": {"source": path, "destination": _destination(artifact, path)}}


def _destination(artifact: Artifact, path: str) -> str:
    folder = planning.fixed_folder(path)
    return f"{artifact.name}/{folder}" if folder else artifact.name
