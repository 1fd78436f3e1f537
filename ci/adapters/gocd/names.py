"""Names as GoCD takes them: letters, digits and ``. _ -``."""

import re

from ci.errors import DefinitionError
from ci.plan import Job, Plan


def of_pipeline(plan: Plan) -> str:
    """The pipeline's name, without blanks."""
    return plan.name.replace(" ", "-")


def of_job(job: Job) -> str:
    """A job's name: its slug, where only a value of a matrix can hold another letter (``+``)."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", job.slug)


def check(plan: Plan) -> None:
    """Raise DefinitionError where two jobs would have one name (GoCD doesn't mind case)."""
    taken: dict[str, str] = {}
    for job in plan.jobs:
        other = taken.setdefault(of_job(job).lower(), job.name)
        if other != job.name:
            raise DefinitionError(
                f"ci/pipeline.toml: {other} and {job.name} are both {of_job(job)} for GoCD, which takes letters, "
                "digits and . _ - only: change a value of the matrix"
            )
