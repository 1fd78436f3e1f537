"""What the file can't say: a pipeline of TeamCity has no triggers, conditions, time limits, approval or concurrency."""

from collections.abc import Iterator

from ci.adapters import Note
from ci.adapters.teamcity.script import APPROVED
from ci.adapters.teamcity.settings import Options
from ci.model import When
from ci.plan import Job, Plan, Stage


def notes(plan: Plan, options: Options) -> tuple[Note, ...]:
    """Every note, each once."""
    found = [*_pipeline(plan), *_triggers(plan), *_machines(plan, options)]
    for stage in plan.stages:
        if stage.when:
            found += _when(stage.name, stage.when, plan)
        if stage.approval:
            found += _approval(stage)
        for job in stage.jobs:
            found += _job(job, plan)
    return tuple(dict.fromkeys(found))


_CONCURRENCY = {
    "cancel-superseded-pr": "let a newer run of a pull request cancel the older one",
    "queue": "allow one run at a time",
    "parallel": "allow any number of runs at a time",
}


def _pipeline(plan: Plan) -> Iterator[Note]:
    text = f"make the pipeline {plan.name} from this repository, with the default branch {plan.default_branch}"
    yield Note("manual-setup", "name", "", text)
    yield Note("manual-setup", "concurrency", "", _CONCURRENCY[plan.concurrency])
    text = f"set the clean-up rules: {plan.keep.runs} runs, artifacts for {plan.keep.artifact_days} days"
    yield Note("manual-setup", "keep", "", text)
    text = "the shell keeps it: checkout and the transfer of files are not counted"
    yield Note("approximated", "timeout", "", text)


def _triggers(plan: Plan) -> Iterator[Note]:
    on = plan.triggers
    if on.push:
        text = f"add a trigger for pushes to {' '.join(on.push)}"
        yield Note("manual-setup", "on.push", "", text)
    if on.pull_request:
        text = f"build pull requests to {' '.join(on.pull_request)}, and those from forks without secrets"
        yield Note("manual-setup", "on.pull-request", "", text)
    for schedule in on.schedule:
        text = f"add a schedule trigger on {plan.default_branch}: cron {schedule}, UTC"
        yield Note("manual-setup", "on.schedule", "", text)
    if not on.manual:
        yield Note("approximated", "on.manual", "", "whoever may run the pipeline can start it; there is no switch")


def _machines(plan: Plan, options: Options) -> Iterator[Note]:
    versions = sorted({job.python for job in plan.jobs if job.python}, key=lambda text: int(text[2:]))
    if versions and options.docker:
        yield Note("manual-setup", "target.teamcity.docker", "", "agents need git and Docker")
    elif versions:
        text = f"agents need git and python3; the jobs ask for Python {', '.join(versions)}"
        yield Note("manual-setup", "python", "", text)


def _approval(stage: Stage) -> Iterator[Note]:
    text = f"nothing waits: the stage is skipped unless the run was started with env.{APPROVED} = {stage.approval}"
    yield Note("approximated", "approval", stage.name, text)
    text = "whoever may run the pipeline can agree: limit who may"
    yield Note("manual-setup", "approval", stage.name, text)


def _when(place: str, when: When, plan: Plan) -> Iterator[Note]:
    if when.branch:
        text = "set the branch specification +:refs/heads/*, without which no agent fits a job that asks for its branch"
        yield Note("manual-setup", "when.branch", "", text)
    if when.tag:
        yield Note("lost", "when.tag", place, f"TeamCity can't tell tags from branches ({' '.join(when.tag)})")
    if when.event:
        text = f"runs whatever started the pipeline, and not only for {' '.join(when.event)}"
        yield Note("lost", "when.event", place, text)
    for name in when.variable:
        text = f"set the parameter env.{name} in the project; while it is empty, nothing is done"
        yield Note("manual-setup", "when.variable", place, text)


def _job(job: Job, plan: Plan) -> Iterator[Note]:
    if job.when:
        yield from _when(job.group, job.when, plan)
    for secret in job.secrets:
        text = f"put the secret {secret.id} in the place of its placeholder; every job of the pipeline could name it"
        yield Note("manual-setup", "secrets", job.group, text)
    if job.allow_failure:
        yield Note("approximated", "allow-failure", job.group, "the job stays red, and later ones run")
    if job.artifacts:
        yield Note("approximated", "artifacts", job.group, "kept after a failure too")
    if job.inputs:
        text = "shared files arrive at the paths that TeamCity gives them, which no server has shown us"
        yield Note("approximated", "inputs", job.group, text)
    if job.exclusive:
        yield Note("manual-setup", "exclusive", job.group, "give it an agent of its own ([target.teamcity.agents])")
    if job.history:
        yield Note("manual-setup", "history", job.group, "let agents clone whole, not shallow")
