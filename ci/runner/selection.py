"""Which jobs a run is about: by name, or those that failed last time."""

import shlex
from pathlib import Path

import msgspec

from ci.errors import UsageError, did_you_mean
from ci.plan import Job, Plan, Stage, with_arguments
from ci.runner.results import JobResult, Options
from ci.visible import one_line

Selected = tuple[tuple[Stage, tuple[Job, ...]], ...]


def select(plan: Plan, options: Options, last_run: Path) -> Selected:
    """The jobs of each stage that the options select, in the plan's order, with the arguments that they are to get.

    Raises UsageError for an unknown name, and for arguments that no one job can take.
    """
    names = _known(plan, options.names)
    wanted = [job for job in plan.jobs if not names or names.intersection(job.names)]
    if options.only_failed:
        done = _passed(last_run)
        wanted = [job for job in wanted if job.slug not in done]
    if options.arguments:
        wanted = _with_arguments(wanted, options.arguments)
    chosen = {job.slug: job for job in wanted}
    stages = ((stage, tuple(chosen[job.slug] for job in stage.jobs if job.slug in chosen)) for stage in plan.stages)
    return tuple((stage, jobs) for stage, jobs in stages if jobs)


def _with_arguments(jobs: list[Job], arguments: tuple[str, ...]) -> list[Job]:
    """``jobs``, which have to be one job or cells of it, with ``arguments``."""
    groups = list(dict.fromkeys(job.group for job in jobs))
    if len(groups) > 1:
        raise UsageError(
            f"arguments behind -- are for one job, and these are {', '.join(groups)}: "
            f"name one, as in `ci run NAME -- {one_line(shlex.join(arguments))}`"
        )
    return [with_arguments(job, arguments) for job in jobs]


def _known(plan: Plan, names: tuple[str, ...]) -> set[str]:
    for name in names:
        if name not in plan.names:
            advice = did_you_mean(name, plan.names) or f"there are {', '.join(plan.names)}"
            raise UsageError(f"no stage or job {name!r}; {advice}")
    return set(names)


def _passed(last_run: Path) -> set[str]:
    """Slugs of the jobs that passed when they last ran; a job that never ran is not among them."""
    try:
        results = msgspec.json.decode(last_run.read_bytes(), type=dict[str, str])
    except FileNotFoundError:
        raise UsageError("no earlier run here has failed jobs to run again: start with `ci run`") from None
    except msgspec.MsgspecError:
        raise UsageError(f"{last_run} can't be read: remove it, and start with `ci run`") from None
    return {slug for slug, result in results.items() if result in ("success", "skipped")}


def remember(plan: Plan, jobs: tuple[JobResult, ...], last_run: Path) -> None:
    """Write down how jobs ended, beside what is known of those that did not run this time."""
    try:
        before = msgspec.json.decode(last_run.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        before = {}
    known = {job.slug for job in plan.jobs}
    merged = {**before, **{job.slug: job.result for job in jobs}}
    new = last_run.with_suffix(".new")
    new.write_bytes(msgspec.json.format(msgspec.json.encode({slug: merged[slug] for slug in merged if slug in known})))
    new.replace(last_run)
