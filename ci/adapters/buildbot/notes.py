"""What the module can't do alone, and where Buildbot does nearly what was asked."""

from collections.abc import Iterator

from ci.adapters import Note
from ci.plan import Job, Plan


def notes(plan: Plan) -> tuple[Note, ...]:
    """The notes of a plan, each once, in the order of its stages."""
    found = [*_pipeline(plan), *_stages(plan), *(note for job in plan.jobs for note in _job(job))]
    return tuple(dict.fromkeys(found))


def _pipeline(plan: Plan) -> Iterator[Note]:
    labels = ", ".join(sorted({job.runs_on for job in plan.jobs}))
    yield Note("manual-setup", "runs-on", "", f"name workers for {labels} in master.cfg; they need git and python3")
    text = f"the master keeps the files of all runs: remove those beyond {plan.keep.runs} runs"
    yield Note("manual-setup", "keep", "", f"{text} or {plan.keep.artifact_days} days by a job of the system")
    yield Note("approximated", "timeout", "", "leaves out the checkout and the files that a job fetches and keeps")
    if plan.triggers.pull_request:
        text = "pull requests start nothing; what is only for them never runs"
        yield Note("lost", "on.pull-request", "", text)
    if plan.triggers.schedule:
        yield Note("manual-setup", "on.schedule", "", "run the master with TZ=UTC; Buildbot takes its own time zone")
    if plan.concurrency == "queue":
        yield Note("approximated", "concurrency", "", "a run waits for those of all branches, not only of its own")


def _stages(plan: Plan) -> Iterator[Note]:
    for stage in plan.stages:
        if stage.approval:
            text = f"a person starts it, with the number of the run that passed; master.cfg says who ({stage.approval})"
            yield Note("approximated", "approval", stage.name, text)
        if any(when and when.tag for when in (stage.when, *(job.when for job in stage.jobs))):
            text = "tags are not polled: start a run of the branch refs/tags/NAME"
            yield Note("approximated", "when.tag", stage.name, text)


def _job(job: Job) -> Iterator[Note]:
    for secret in job.secrets:
        text = f"give the master the secret {secret.id} (SecretInAFile)"
        yield Note("manual-setup", "secrets", job.group, text)
        text = "the worker replaces ${NAME} inside a secret by that variable"
        yield Note("approximated", "secrets", job.group, text)
    for variable in job.variables:
        text = f"set configure(variables={{'{variable}': ...}}) in master.cfg; without it the job is skipped"
        yield Note("manual-setup", "when.variable", job.group, text)
    for report in job.reports:
        text = f"Buildbot has no page for {report.kind}: the file is kept on the master"
        yield Note("approximated", "reports", job.group, text)
    if job.allow_failure:
        yield Note("approximated", "allow-failure", job.group, "the job is red, and its run shows no warning")
