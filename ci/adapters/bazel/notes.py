"""What Bazel can't say: it is a build tool, which runs what it is asked for."""

from collections.abc import Iterator

from ci import model
from ci.adapters import Note
from ci.adapters.bazel.targets import made_by, run_by_hand
from ci.plan import Job, Plan


def notes(plan: Plan) -> tuple[Note, ...]:
    """The notes of a plan, each once, in the order of its stages."""
    return tuple(dict.fromkeys([
        *_pipeline(plan), *_stages(plan), *(note for job in plan.jobs for note in _job(job)), *_inputs(plan),
    ]))


def _pipeline(plan: Plan) -> Iterator[Note]:
    yield Note("lost", "stage", "", "Bazel runs what is asked for, in any order, but first the jobs of its inputs")
    on = plan.triggers
    started = [name for name in ("push", "pull_request", "schedule") if getattr(on, name)]
    if started:
        yield Note("lost", "on", "", f"nothing starts by itself: {', '.join(started).replace('_', '-')}")
    if not on.manual:
        yield Note("lost", "on.manual", "", "whoever has the checkout can start everything")
    yield Note("lost", "concurrency", "", f"runs know nothing of each other ({plan.concurrency})")
    text = f"Bazel keeps the last results, not {plan.keep.runs} runs nor {plan.keep.artifact_days} days"
    yield Note("lost", "keep", "", text)
    yield Note("approximated", "timeout", "", "leaves out the checkout; jobs run outside of Bazel's sandbox")


def _stages(plan: Plan) -> Iterator[Note]:
    for stage in plan.stages:
        if stage.approval:
            names = ", ".join(f"bazel run //:{job.slug}" for job in stage.jobs)
            yield Note("approximated", "approval", stage.name, f"a person runs it: {names}")
        if stage.when:
            yield Note("lost", "when", stage.name, _condition(stage.when))


def _job(job: Job) -> Iterator[Note]:
    if job.when:
        yield Note("lost", "when", job.group, _condition(job.when))
    for secret in job.secrets:
        text = f"bazel run takes {secret.variable} ({secret.id}) from its environment"
        yield Note("approximated", "secrets", job.group, text)
    if job.runs_on != "linux":
        yield Note("lost", "runs-on", job.group, f"runs on this machine, not on {job.runs_on}")
    if job.allow_failure:
        yield Note("approximated", "allow-failure", job.group, "left out of //:all_checks; ask for it by name")
    if job.reports and job.artifacts:
        yield Note("approximated", "reports", job.group, "not kept after a failure, since the job makes artifacts")
    if job.exclusive and job.artifacts:
        yield Note("lost", "exclusive", job.group, "a job that makes artifacts has no machine for itself")


def _inputs(plan: Plan) -> Iterator[Note]:
    by_hand = run_by_hand(plan)
    for job in plan.jobs:
        for artifact in made_by(by_hand, job):
            text = f"takes {artifact.name} as the last bazel run that made it left it in var/bazel"
            yield Note("approximated", "inputs", job.group, text)


def _condition(when: model.When) -> str:
    keys = (("branch", when.branch), ("tag", when.tag), ("event", when.event), ("variable", when.variable))
    said = "; ".join(f"{name} {' '.join(values)}" for name, values in keys if values)
    return f"runs whenever it is asked for, not only for {said}"
