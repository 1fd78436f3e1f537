"""What the Jenkinsfile can't do alone: notes for its header and for ``ci generate``."""

from collections.abc import Iterator

from ci.adapters import Note
from ci.adapters.jenkins.conditions import may_be_pull_request
from ci.adapters.jenkins.settings import Options
from ci.model import When
from ci.plan import Job, Plan, Stage


def notes(plan: Plan, options: Options) -> tuple[Note, ...]:
    """Every note, each once."""
    found = [*_triggers(plan), *_machines(plan, options), *_approvals(plan, options)]
    found += [note for stage in plan.stages for job in stage.jobs for note in _job(job, stage)]
    return tuple(dict.fromkeys(found))


def _triggers(plan: Plan) -> Iterator[Note]:
    on = plan.triggers
    yield Note("manual-setup", "on", "", "make a multibranch job of this repository; a plain job knows no branch")
    if not on.push:
        yield Note("manual-setup", "on.push", "", "let the job discover no branches; pushes start nothing here")
    elif on.push != ("*",):
        branches = " ".join(on.push)
        yield Note("manual-setup", "on.push", "", f"filter the job's branches by name, with wildcards: {branches}")
    if on.pull_request:
        yield Note("manual-setup", "on.pull-request", "", "let the job discover pull requests of origin and forks")
    if on.pull_request and on.pull_request != ("*",):
        text = f"Jenkins builds those for other branches than {' '.join(on.pull_request)} too"
        yield Note("approximated", "on.pull-request", "", text)
    if not on.manual:
        yield Note("approximated", "on.manual", "", "whoever may build the job can start it; there is no switch")
    if any(when.tag for when in _conditions(plan)):
        text = "let the job discover tags, and build them with the plugin Basic Branch Build Strategies"
        yield Note("manual-setup", "when.tag", "", text)


def _conditions(plan: Plan) -> Iterator[When]:
    for when in (*(stage.when for stage in plan.stages), *(job.when for job in plan.jobs)):
        if when is not None:
            yield when


def _machines(plan: Plan, options: Options) -> Iterator[Note]:
    versions = sorted({job.python for job in plan.jobs if job.python}, key=lambda text: int(text[2:]))
    if versions and options.docker:
        text = "agents need git and Docker, the controller needs the plugin Docker Pipeline"
        yield Note("manual-setup", "target.jenkins.docker", "", text)
    elif versions:
        text = f"agents need git and python3; the jobs ask for Python {', '.join(versions)}"
        yield Note("manual-setup", "python", "", text)


def _approvals(plan: Plan, options: Options) -> Iterator[Note]:
    for stage in plan.stages:
        if stage.approval is not None and stage.approval not in options.approvers:
            text = f"whoever may build the job can agree; [target.jenkins.approvers] {stage.approval} names others"
            yield Note("manual-setup", "approval", stage.name, text)


def _job(job: Job, stage: Stage) -> Iterator[Note]:
    for secret in job.secrets:
        text = f"add a credential of the kind 'Secret text' with the id {secret.id}"
        yield Note("manual-setup", "secrets", job.group, text)
    if job.secrets and may_be_pull_request(stage.when) and may_be_pull_request(job.when):
        text = "skipped on pull requests from forks, which may not see secrets"
        yield Note("approximated", "secrets", job.group, text)
    for variable in job.variables:
        text = f"set {variable} in the global properties of Jenkins (Manage Jenkins, System)"
        yield Note("manual-setup", "when.variable", job.group, text)
    if job.allow_failure:
        text = "the time limit leaves out checkout and inputs; the job's commands show as one step"
        yield Note("approximated", "allow-failure", job.group, text)
    if job.history:
        text = (
            "clone whole, not shallow; where the source of branches is GitHub or the like, add its behaviour 'Specify "
            "ref specs' with +refs/heads/*:refs/remotes/@{remote}/*, so that the default branch is known everywhere"
        )
        yield Note("manual-setup", "history", job.group, text)
    if job.exclusive:
        text = "give its agents one executor each, so that nothing runs beside it"
        yield Note("manual-setup", "exclusive", job.group, text)
