"""The pipeline in words: what starts it, what each stage does, and what one engine can't say."""

from collections.abc import Iterable, Iterator, Mapping

from ci import model
from ci.adapters import Note
from ci.checks import LOCAL
from ci.plan import Job, Plan, Stage

_EVENTS = {
    "push": "pushes", "pull-request": "pull requests", "schedule": "scheduled runs", "manual": "runs started by hand",
}

_KINDS = {
    "lost": "lost (the engine can't do it)",
    "approximated": "approximated (nearly the same)",
    "manual-setup": "to be set up by hand",
}


def pipeline(plan: Plan) -> str:
    """What the pipeline does, stage by stage, in plain text."""
    jobs = len(plan.jobs)
    lines = [f"{plan.name}: {_count(len(plan.stages), 'stage')}, {_count(jobs, 'job')}.", f"Starts {_starts(plan)}."]
    for number, stage in enumerate(plan.stages, start=1):
        lines += ["", *_stage(number, stage, plan)]
    return "\n".join(lines) + "\n"


def environments(plan: Plan, titles: Mapping[str, str]) -> str:
    """Where a release can go: each environment's name with the title of its target, and what an approval lacks."""
    lines = [f"  {name}: {'this machine' if name == LOCAL else title}" for name, title in titles.items()]
    for name in dict.fromkeys(stage.approval for stage in plan.stages if stage.approval):
        if name not in titles:
            lines.append(f"  {name}: not described; `ci deploy` needs [environment.{name}] in ci/pipeline.toml")
    return "\n".join(["Environments:", *lines]) + "\n"


def notes(title: str, found: Iterable[Note]) -> str:
    """What ``title`` (an engine) says differently or leaves to be set up, in plain text."""
    by_kind = {kind: [note for note in sorted(found) if note.kind == kind] for kind in _KINDS}
    if not any(by_kind.values()):
        return f"On {title} everything is as the definition says.\n"
    lines = [f"On {title}:"]
    for kind, several in by_kind.items():
        if several:
            lines.append(f"  {_KINDS[kind]}")
        lines += [f"    {f'{note.place}: ' if note.place else ''}{note.construct}: {note.text}" for note in several]
    return "\n".join(lines) + "\n"


def _starts(plan: Plan) -> str:
    triggers = plan.triggers
    ways = []
    if triggers.push:
        ways.append(f"on a push to {_either(triggers.push)}")
    if triggers.pull_request:
        ways.append(f"on a pull request to {_either(triggers.pull_request)}")
    ways += [f"at {text} (UTC)" for text in triggers.schedule]
    if triggers.manual:
        ways.append("by hand")
    return _either(ways) if ways else "never by itself"


def _stage(number: int, stage: Stage, plan: Plan) -> Iterator[str]:
    several = len(stage.jobs) > 1
    yield f"{number}. {stage.name}{', jobs side by side' if several else ''}{_condition(stage.when)}"
    if stage.approval:
        yield f"   waits until a person agrees (environment {stage.approval}); on a laptop a rehearsal (local)"
    groups: dict[str, list[Job]] = {}
    for job in stage.jobs:
        groups.setdefault(job.group, []).append(job)
    for jobs in groups.values():
        yield from _job(jobs, indent="   " if not several else "     ", headed=several)


def _job(jobs: list[Job], *, indent: str, headed: bool) -> Iterator[str]:
    job = jobs[0]
    if headed:
        yield f"   - {', '.join(job.name for job in jobs)}"
    yield f"{indent}{', '.join(_facts(jobs))}{_condition(job.when)}"
    for step in job.steps:
        yield from (f"{indent}  {line}".rstrip() for line in step.prompt.splitlines())
    for name in dict.fromkeys(artifact.group for artifact in job.inputs):
        yield f"{indent}takes the artifact {name}"
    for report in job.reports:
        yield f"{indent}reports {report.kind}: {report.path}"
    for artifact in job.artifacts:
        yield f"{indent}keeps the artifact {artifact.group}: {' '.join(artifact.paths)}"
    if job.secrets:
        yield f"{indent}has the secrets {', '.join(secret.variable for secret in job.secrets)}"


def _facts(jobs: list[Job]) -> Iterator[str]:
    job = jobs[0]
    versions = list(dict.fromkeys(job.python for job in jobs if job.python))
    if versions:
        yield f"Python {_and(versions)}"
    yield f"at most {_duration(job.timeout)}"
    if job.history:
        yield "with the commits before"
    if job.exclusive:
        yield "alone on a laptop"
    if job.allow_failure:
        yield "may fail"
    if not job.local:
        yield f"not on a laptop (unless named: ci run {job.group})"


def _condition(when: model.When | None) -> str:
    if when is None:
        return ""
    parts = []
    refs = [*(f"branch {name}" for name in when.branch), *(f"tag {name}" for name in when.tag)]
    if refs:
        parts.append(f"on {_either(refs)}")
    if when.event:
        parts.append(f"for {_either([_EVENTS[event] for event in when.event])}")
    if when.variable:
        parts.append(f"if {_and(when.variable)} {'is' if len(when.variable) == 1 else 'are'} set")
    return f"; only {', '.join(parts)}" if parts else ""


def _duration(seconds: int) -> str:
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds % size == 0:
            return _count(seconds // size, unit)
    return _count(seconds, "second")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _either(words: Iterable[str]) -> str:
    return _joined(list(words), "or")


def _and(words: Iterable[str]) -> str:
    return _joined(list(words), "and")


def _joined(words: list[str], last: str) -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
