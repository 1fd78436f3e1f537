"""What a definition may say and GitHub can't take: refused with the key to change, before anything is written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from msgspec import Meta

from ci.adapters.github.conditions import tag_patterns
from ci.errors import DefinitionError
from ci.model import text_of
from ci.plan import Job, Plan

Label = Annotated[str, text_of("[A-Za-z0-9][A-Za-z0-9._-]*", "A label of letters, digits and . _ -")]
Labels = Label | Annotated[tuple[Label, ...], Meta(min_length=1)]


def check(plan: Plan, runners: Mapping[str, Labels]) -> None:
    """Raise DefinitionError with everything of ``plan`` that no workflow can say."""
    found = [*_triggers(plan), *_names_of_one_meaning("env", plan.env)]
    for job in plan.jobs:
        found += _job(job, runners)
    if found:
        raise DefinitionError("\n".join(f"ci/pipeline.toml: {problem}" for problem in dict.fromkeys(found)))


def _triggers(plan: Plan) -> Iterator[str]:
    on = plan.triggers
    if not (on.push or on.pull_request or on.schedule or on.manual or tag_patterns(plan)):
        yield "on: nothing starts a run, and GitHub refuses such a workflow; add `manual = true`"


def _job(job: Job, runners: Mapping[str, Labels]) -> Iterator[str]:
    if job.runs_on not in runners:
        yield f'target.github.runners: job {job.group!r} runs on {job.runs_on!r}: add {job.runs_on} = "LABEL"'
    for axis, _value in job.cell:
        if axis in ("include", "exclude"):
            yield f"job {job.group!r}: matrix.{axis}: has a meaning of its own on GitHub; choose another name"
    for secret in job.secrets:
        if secret.id.startswith("github-") and secret.id != "github-token":
            yield f"job {job.group!r}: secrets.{secret.variable}: GitHub keeps names that begin with GITHUB_ to itself"
    variables = [*job.env, *job.variables, *(secret.variable for secret in job.secrets)]
    yield from _names_of_one_meaning(f"job {job.group!r}: env", dict.fromkeys(variables))


def _names_of_one_meaning(place: str, names: Iterable[str]) -> Iterator[str]:
    """GitHub reads the keys of ``env`` without case."""
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(name.lower(), name)
        if other != name:
            yield f"{place}: {other} and {name} are one name for GitHub; set one of them in the command"
