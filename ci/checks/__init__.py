"""What types alone can't say of a definition: names that must exist, combinations that can't be, too long texts."""

from collections.abc import Iterator

from ci import model, values
from ci.checks import work
from ci.checks.names import name_problems
from ci.checks.problem import Problem as Problem
from ci.checks.problem import jobs
from ci.toml_lines import Path

#: The environment that stands for a laptop (``CI_ENVIRONMENT``).
LOCAL = "local"

JOB_KEYS = (
    "run", "matrix", "reports", "artifacts", "inputs", "secrets", "retry", "allow_failure", "history", "exclusive",
    "local",
)


def problems(pipeline: model.Pipeline) -> Iterator[Problem]:
    """Every problem of a definition whose types are right."""
    yield from _stages(pipeline)
    yield from name_problems(pipeline)
    yield from _triggers(pipeline)
    yield from _environments(pipeline)
    yield from work.environment_problems((), pipeline.env)
    yield from work.command_problems(("setup",), pipeline.setup)
    yield from work.timeout_problems((), pipeline.timeout)
    yield from work.cache_problems(("cache",), pipeline.cache)
    yield from work.inside_problems(("bench", "paths"), pipeline.bench.paths)
    if pipeline.bench.history:
        yield from work.inside_problems(("bench", "history"), [pipeline.bench.history.removeprefix("~/")])
    yield from work.timeout_problems(("bench",), pipeline.bench.budget, key="budget")
    for path, stage, job in jobs(pipeline):
        yield from work.job_problems(path, job)
        yield from work.shared_variable_problems(path, stage, job, {**pipeline.env, **stage.env, **job.env})


def _stages(pipeline: model.Pipeline) -> Iterator[Problem]:
    for number, stage in enumerate(pipeline.stage):
        path: Path = ("stage", number)
        used = [key for key in JOB_KEYS if getattr(stage, key) != getattr(model.Stage(name="x"), key)]
        if stage.job and used:
            key = used[0].replace("_", "-")
            yield Problem((*path, key), f"belongs to one job: this stage has several, so move {key!r} into them")
        if not stage.job and not stage.run:
            yield Problem(path, "does nothing: give it `run`, or jobs with [[stage.job]]")
        if stage.approval == LOCAL:
            yield Problem((*path, "approval"), f"{LOCAL!r} stands for a laptop: choose another name")
        if stage.job:
            yield from work.work_problems(path, stage)


def _triggers(pipeline: model.Pipeline) -> Iterator[Problem]:
    on = pipeline.on
    yield from work.ref_problems(("default-branch",), [pipeline.default_branch])
    yield from work.ref_problems(("on", "push"), on.push)
    yield from work.ref_problems(("on", "pull-request"), on.pull_request)
    for index, text in enumerate(on.schedule):
        if not values.is_schedule(text):
            yield Problem(("on", "schedule", index), f'{text!r} is not five cron fields of numbers, as "30 4 * * 1"')


def _environments(pipeline: model.Pipeline) -> Iterator[Problem]:
    for name, table in pipeline.environment.items():
        if name == LOCAL:
            yield Problem(("environment", name), f"{LOCAL!r} is this machine, always: choose another name")
        if not isinstance(table.get("target"), str):
            yield Problem(("environment", name), 'has no `target`: say what it is, as target = "heroku"')
