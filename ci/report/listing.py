"""The jobs of a plan as a list: for people, and as JSON for other programs (``ci run --list``)."""

from collections.abc import Iterable

import msgspec

from ci.plan import Job


def text(jobs: Iterable[Job]) -> str:
    """A line per job: what to give to ``ci run``, its stage, its name."""
    rows = [("NAME", "STAGE", "JOB"), *((job.slug, job.stage, job.name) for job in jobs)]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "".join(f"{name:<{widths[0]}}  {stage:<{widths[1]}}  {job}\n" for name, stage, job in rows)


def as_json(jobs: Iterable[Job]) -> str:
    """Everything that the plan knows of each job, as a list of objects; times in seconds."""
    return msgspec.json.format(msgspec.json.encode(list(jobs)), indent=2).decode() + "\n"
