"""What runs on this machine: ``when``, ``local``, and the rehearsal of stages that need an approval."""

from collections.abc import Mapping, Sequence, Set

from ci.model import When
from ci.plan import Job, Stage
from ci.runner.checkout import Source

EVENT = "manual"


def reason_to_skip(
    stage: Stage, job: Job, source: Source, *, named: Set[str], environ: Mapping[str, str]
) -> str | None:
    """Why a job doesn't run here, in words; None if it does. ``named``: what the call names.

    A stage with an approval is a rehearsal on a laptop, so it runs whatever its ``when`` says: that guards the real
    environment.
    """
    if not job.local and named.isdisjoint(job.names):
        return f"not on this machine, unless named: ci run {job.group}"
    if is_rehearsal(job):
        return None
    conditions = [condition for condition in (stage.when, job.when) if condition]
    return next((reason for when in conditions if (reason := _does_not_hold(when, source, environ))), None)


def is_rehearsal(job: Job) -> bool:
    """Whether the job's real environment is reached only from an engine, by approval."""
    return job.approval is not None


def _does_not_hold(when: When, source: Source, environ: Mapping[str, str]) -> str | None:
    if EVENT not in (when.event or (EVENT,)):
        return f"only for {_or(when.event)}; this run is {EVENT}"
    if (when.branch or when.tag) and not _is_there(when, source):
        kinds = (("branch", when.branch), ("tag", when.tag))
        wanted = " or ".join(f"{kind} {_or(names)}" for kind, names in kinds if names)
        return f"only for {wanted}; this is {_where(source)}"
    missing = [variable for variable in when.variable if not environ.get(variable)]
    return f"{_or(missing)} is not set" if missing else None


def _is_there(when: When, source: Source) -> bool:
    branches = [source.branch] if source.branch else []
    named = [(when.branch, name) for name in branches] + [(when.tag, name) for name in source.tags]
    return any(_matches(pattern, name) for patterns, name in named for pattern in patterns)


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _where(source: Source) -> str:
    if source.branch:
        return f"branch {source.branch}"
    return f"tag {source.tags[0]}" if source.tags else "no branch (HEAD is detached)"


def _or(names: Sequence[str]) -> str:
    return " or ".join(names)
