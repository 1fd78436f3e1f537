"""What the workflow can't say by itself: settings of the repository, and where GitHub does nearly what was asked."""

from collections.abc import Iterator

from ci.adapters import Note
from ci.adapters.github import conditions
from ci.plan import Job, Plan


def notes(plan: Plan) -> tuple[Note, ...]:
    """The notes of a plan, each once, in the order of its stages."""
    return tuple(dict.fromkeys([*_pipeline(plan), *_stages(plan)]))


def secret_name(id: str) -> str:
    """GitHub's name of a secret: capitals, digits and ``_``."""
    return id.upper().replace("-", "_")


def minutes(job: Job) -> int:
    """A job's time limit in GitHub's unit, rounded up."""
    return -(-job.timeout // 60)


def _pipeline(plan: Plan) -> Iterator[Note]:
    yield Note("manual-setup", "gate", "", f"make the check `gate` required for {plan.default_branch}, and no other")
    if any(when.branch or when.tag for when in conditions.whens(plan)):
        yield Note("approximated", "when", "", "GitHub compares names without case: a branch Main counts as main")
    if plan.concurrency == "cancel-superseded-pr" and conditions.deploys_pull_requests(plan):
        text = "a new run of a pull request waits for the older one, which may be deploying"
        yield Note("approximated", "concurrency", "", text)
    if any(job.timeout % 60 for job in plan.jobs):
        yield Note("approximated", "timeout", "", "GitHub counts whole minutes: rounded up")


def _stages(plan: Plan) -> Iterator[Note]:
    for stage in plan.stages:
        if stage.approval:
            text = f"give the environment {stage.approval} its reviewers; without them {stage.name} starts at once"
            yield Note("manual-setup", "approval", stage.name, text)
        for job in stage.jobs:
            yield from _job(job)
            if conditions.is_kept_from_forks(job, stage, plan):
                text = "skipped on pull requests from forks, which may not see secrets"
                yield Note("approximated", "secrets", job.group, text)


def _job(job: Job) -> Iterator[Note]:
    where = f"environment {job.approval}" if job.approval else "repository"
    for secret in job.secrets:
        yield Note("manual-setup", "secrets", job.stage, f"add the secret {secret_name(secret.id)} to the {where}")
    for name in job.variables:
        text = f"set the variable {name} of the repository; as long as it is empty, the job is skipped"
        yield Note("manual-setup", "when.variable", job.stage, text)
