"""What a job waits for: the jobs of the stage before, and how it learns that they did not do their work."""

from collections.abc import Iterator

from msgspec import Struct

from ci.adapters.github.conditions import own_clauses
from ci.plan import Plan, Stage


class Before(Struct, frozen=True):
    """The jobs that come before a stage's.

    ``needs`` reaches back to the last stage with a job that has no condition of its own. Such a job is skipped only
    after an earlier one that failed, or ended at its time limit: ``certain`` names one where that can be.
    """

    needs: tuple[str, ...] = ()
    certain: str | None = None


def stages(plan: Plan) -> Iterator[tuple[Stage, Before]]:
    """Every stage with what comes before it."""
    before = Before()
    for stage in plan.stages:
        yield stage, before
        certain = next((job.group for job in stage.jobs if not own_clauses(job, stage, plan)), None)
        if certain is None:
            before = Before((*before.needs, *groups(stage)), before.certain)
        else:
            before = Before(groups(stage), certain if before.needs else None)


def groups(stage: Stage) -> tuple[str, ...]:
    """The jobs of a stage as the workflow has them: a matrix is one."""
    return tuple(dict.fromkeys(job.group for job in stage.jobs))
