"""What the file can't say: settings of the server, and where GoCD does less or nearly what was asked."""

from collections.abc import Iterator

from ci.adapters import Note
from ci.adapters.gocd import branches
from ci.adapters.gocd.pipeline import is_built, timers
from ci.adapters.gocd.settings import Options
from ci.model import When
from ci.plan import Job, Plan, Stage


def notes(plan: Plan, options: Options) -> tuple[Note, ...]:
    """Every note, each once."""
    found = [*_starts(plan), *_pipeline(plan)]
    for stage in plan.stages:
        found += _stage(stage, plan, options)
    return tuple(dict.fromkeys(found))


def _starts(plan: Plan) -> Iterator[Note]:
    on = plan.triggers
    text = f"add the repository as a config repository (YAML plugin, not shallow) with the branch {plan.default_branch}"
    yield Note("manual-setup", "default-branch", "", text)
    if others := [name for name in on.push if name != plan.default_branch]:
        text = f"GoCD builds {plan.default_branch} only, not {' '.join(others)}"
        yield Note("lost", "on.push", "", text)
    if on.push and not is_built(plan):
        yield Note("approximated", "on.push", "", "the first stage waits for a person or the timer")
    if on.pull_request:
        text = f"GoCD builds no pull requests (to {' '.join(on.pull_request)})"
        yield Note("lost", "on.pull-request", "", text)
    if not on.manual:
        text = "whoever may operate the group can start it; there is no switch"
        yield Note("approximated", "on.manual", "", text)
    if timers(plan):
        yield Note("approximated", "on.schedule", "", "GoCD counts in the server's time zone, the definition in UTC")
    for schedule in on.schedule:
        if schedule not in timers(plan)[:1]:
            text = f"{schedule} is left out: a pipeline has one timer, and it knows one kind of days"
            yield Note("lost", "on.schedule", "", text)


_CONCURRENCY = {
    "parallel": "runs don't pass each other: a stage waits until it has ended in the run before",
    "cancel-superseded-pr": "nothing is cancelled, since there are no pull requests",
}


def _pipeline(plan: Plan) -> Iterator[Note]:
    if plan.concurrency in _CONCURRENCY:
        yield Note("approximated", "concurrency", "", _CONCURRENCY[plan.concurrency])
    text = f"the server cleans up artifacts; the definition keeps {plan.keep.runs} runs, {plan.keep.artifact_days} days"
    yield Note("manual-setup", "keep", "", text)
    text = "the shell keeps it: checkout and the transfer of files are not counted"
    yield Note("approximated", "timeout", "", text)
    versions = sorted({job.python for job in plan.jobs if job.python}, key=lambda text: int(text[2:]))
    if versions:
        text = f"agents need git and python3; the jobs ask for Python {', '.join(versions)}"
        yield Note("manual-setup", "python", "", text)


def _stage(stage: Stage, plan: Plan, options: Options) -> Iterator[Note]:
    if stage.when:
        yield from _when(stage.name, stage.when, plan)
        if not branches.may_hold(stage.when, plan.default_branch):
            return
    if stage.approval is not None and stage.approval not in options.roles:
        text = f"whoever may operate the group can agree; [target.gocd.roles] {stage.approval} names roles"
        yield Note("manual-setup", "approval", stage.name, text)
    for job in stage.jobs:
        if job.when:
            yield from _when(job.group, job.when, plan)
        if branches.may_run(job, stage, plan):
            yield from _job(job, plan, options)


def _job(job: Job, plan: Plan, options: Options) -> Iterator[Note]:
    for secret in job.secrets:
        text = f"put {secret.id} into the secret configuration {options.secrets} of the server"
        yield Note("manual-setup", "secrets", job.group, text)
    if job.allow_failure:
        yield Note("approximated", "allow-failure", job.group, "GoCD shows the job green; its log says that it failed")
    if job.artifacts:
        yield Note("approximated", "artifacts", job.group, "kept after a failure too")
    if job.exclusive:
        yield Note("manual-setup", "exclusive", job.group, "give it agents of its own ([target.gocd.resources])")
    if job.history:
        text = "the checkout knows the commits before as long as the config repository isn't shallow"
        yield Note("manual-setup", "history", job.group, text)
    for artifact in job.inputs:
        if not _is_made(artifact.name, plan):
            yield Note("lost", "inputs", job.group, f"{artifact.group} is not there: its job is left out")


def _when(place: str, when: When, plan: Plan) -> Iterator[Note]:
    """What became of a condition: decided when the file was written, left to the job, or lost."""
    if not branches.may_hold(when, plan.default_branch):
        wanted = " ".join([*when.branch, *when.tag, *when.event])
        text = f"left out: GoCD builds {plan.default_branch} only, started by push, timer or person, and not {wanted}"
        yield Note("lost", "when", place, text)
        return
    if when.tag:
        yield Note("lost", "when.tag", place, f"GoCD builds no tags ({' '.join(when.tag)})")
    if when.event and not branches.EVENTS.issubset(when.event):
        text = f"runs whatever started the pipeline, and not only for {' '.join(when.event)}"
        yield Note("lost", "when.event", place, text)
    for name in when.variable:
        text = f"set {name} in an environment of the server that holds the pipeline; while it is empty, nothing is done"
        yield Note("manual-setup", "when.variable", place, text)


def _is_made(artifact: str, plan: Plan) -> bool:
    kept = [job for one in branches.stages(plan) for job in one.jobs]
    return any(artifact == made.name for job in kept for made in job.artifacts)
