"""The whole Jenkinsfile, from the plan."""

from ci.adapters.jenkins.conditions import (
    FROM_A_FORK,
    Condition,
    all_of,
    any_of,
    conditions,
    may_be_pull_request,
    negation,
    when_block,
)
from ci.adapters.jenkins.files import Kept
from ci.adapters.jenkins.groovy_text import block, inline, literal
from ci.adapters.jenkins.job import environment_block, job_stage
from ci.adapters.jenkins.settings import Options
from ci.adapters.jenkins.triggers import triggers
from ci.plan import Job, Plan, Stage


def pipeline(plan: Plan, options: Options) -> list[str]:
    """The lines of the ``pipeline`` block."""
    kept = Kept.of(plan)
    stages = [line for stage in plan.stages for line in _stage(stage, plan, kept, options)]
    body = [
        "agent none",
        *block("options", _options(plan)),
        *triggers(plan, options),
        *environment_block({name: literal(value) for name, value in plan.env.items()}),
        *block("stages", stages),
    ]
    return block("pipeline", body)


def _options(plan: Plan) -> list[str]:
    keep = f"numToKeepStr: '{plan.keep.runs}', artifactDaysToKeepStr: '{plan.keep.artifact_days}'"
    return [f"buildDiscarder(logRotator({keep}))", *_CONCURRENCY[plan.concurrency], "skipDefaultCheckout()"]


#: A newer build ends an older one of its pull request only: on a branch that could be a deploy, which is not cut off.
_CONCURRENCY = {
    "cancel-superseded-pr": ["disableConcurrentBuilds(abortPrevious: env.CHANGE_ID != null)"],
    "queue": ["disableConcurrentBuilds()"],
    "parallel": [],
}


def _stage(stage: Stage, plan: Plan, kept: Kept, options: Options) -> list[str]:
    """A stage of the plan: the stage of its one job, or parallel stages in one."""
    wanted = {job.name: job_conditions(job, stage) for job in stage.jobs}
    ask = _input(stage, options)
    if [job.name for job in stage.jobs] == [stage.name]:
        return job_stage(stage.jobs[0], plan.env, kept, options, wanted[stage.name], ask)
    outer = conditions(stage.when) if stage.when else []
    first, *others = wanted.values()
    if all(found == first for found in others):
        outer += first
        wanted = dict.fromkeys(wanted, [])
    elif ask and all(wanted.values()):
        outer.append(any_of([all_of(found) for found in wanted.values()]))
    jobs = [line for job in stage.jobs for line in job_stage(job, plan.env, kept, options, wanted[job.name], [])]
    body = [*when_block(outer, with_input=bool(ask)), *ask, *block("parallel", jobs)]
    return block(f"stage({literal(stage.name)})", body)


def job_conditions(job: Job, stage: Stage) -> list[Condition]:
    """The conditions of a job itself. One with secrets does not run for a pull request from a fork."""
    own = conditions(job.when) if job.when else []
    if job.secrets and may_be_pull_request(stage.when) and may_be_pull_request(job.when):
        own.append(negation(FROM_A_FORK))
    return own


def _input(stage: Stage, options: Options) -> list[str]:
    """The question before a stage that needs approval. Nobody's agent waits for the answer."""
    if stage.approval is None:
        return []
    message = f"message {literal(f'Deploy to {stage.approval}?')}"
    people = options.approvers.get(stage.approval)
    if people is None:
        return [inline("input", message)]
    return block("input", [message, f"submitter {literal(people)}"])
