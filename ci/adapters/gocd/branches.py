"""Which jobs a pipeline of GoCD holds: it builds one branch, so what a branch decides is decided when it is written."""

from msgspec import Struct

from ci.model import When
from ci.plan import Job, Plan, Stage

#: What can start a pipeline of GoCD.
EVENTS = frozenset({"push", "schedule", "manual"})


class Kept(Struct, frozen=True):
    """A stage of the plan with the jobs that may run on the default branch."""

    stage: Stage
    jobs: tuple[Job, ...]


def stages(plan: Plan) -> tuple[Kept, ...]:
    """The stages that hold a job that may run, in order."""
    kept = [Kept(stage, tuple(job for job in stage.jobs if may_run(job, stage, plan))) for stage in plan.stages]
    return tuple(one for one in kept if one.jobs)


def may_run(job: Job, stage: Stage, plan: Plan) -> bool:
    """Whether branch and event leave a chance to a job on the default branch."""
    return all(may_hold(when, plan.default_branch) for when in (stage.when, job.when) if when)


def names(pattern: str, branch: str) -> bool:
    """Whether a pattern of the definition names a branch."""
    return branch.startswith(pattern[:-1]) if pattern.endswith("*") else branch == pattern


def may_hold(when: When, branch: str) -> bool:
    """Whether a condition can hold in a run of ``branch``."""
    if when.branch or when.tag:
        if not any(names(pattern, branch) for pattern in when.branch):
            return False
    return not when.event or not EVENTS.isdisjoint(when.event)
