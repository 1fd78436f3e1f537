"""The generated module: the plan as data, then the code that is the same for every pipeline."""

import re
from collections.abc import Iterable
from itertools import takewhile
from pathlib import Path
from typing import Any
from zlib import crc32

from ci import pack
from ci.adapters.buildbot.checking import LONGEST_NAME
from ci.adapters.buildbot.python_text import assignment
from ci.adapters.buildbot.schedules import nightly
from ci.model import When
from ci.plan import Job, Plan, Stage
from ci.shell import GRACE

_FIXED = Path(__file__).with_name("configuration.py")
_DATA = re.compile(r"# The data of a pipeline: .*\n# The end of the data\.\n", re.DOTALL)
_DOCSTRING = re.compile(r'^""".*?"""\n', re.DOTALL)


def module(plan: Plan, header: Iterable[str]) -> str:
    """The whole text of the module."""
    comment = "".join(f"# {line}\n" for line in header) + "# flake8: noqa: E501\n"
    title = f'"""The pipeline {plan.name} as builders and schedulers of Buildbot: see docs/buildbot.md."""\n'
    data = "".join(f"{assignment(name, value)}\n" for name, value in _data(plan).items())
    code = _DOCSTRING.sub("", _FIXED.read_text(encoding="utf-8"), count=1)
    return comment + title + _DATA.sub(lambda _: data, code, count=1)


def identifier(name: str) -> str:
    """A pipeline's name in names of schedulers and folders, which hold no blanks nor dots."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", name)


def _data(plan: Plan) -> dict[str, Any]:
    return {
        "NAME": plan.name,
        "ID": identifier(plan.name),
        "DEFAULT_BRANCH": plan.default_branch,
        "PUSH": plan.triggers.push,
        "SCHEDULES": tuple(nightly(schedule) for schedule in plan.triggers.schedule),
        "MANUAL": plan.triggers.manual,
        "GRACE": GRACE,
        "CHAINS": tuple(_chains(plan)),
        "PACK": Path(pack.__file__).read_text(encoding="utf-8"),
    }


def _chains(plan: Plan) -> list[dict[str, Any]]:
    """The stages up to the first that needs approval, then for each of these one chain with what follows it."""
    first = list(takewhile(lambda stage: stage.approval is None, plan.stages))
    chains = [_chain(plan, first, "")]
    rest = plan.stages[len(first):]
    while rest:
        stages = [rest[0], *takewhile(lambda stage: stage.approval is None, rest[1:])]
        chains.append(_chain(plan, stages, chains[-1]["builder"]))
        rest = rest[len(stages):]
    return chains


def _chain(plan: Plan, stages: list[Stage], after: str) -> dict[str, Any]:
    """Stages that one builder starts. Those after ``after`` begin with a person's approval, and never run twice."""
    queue = "run" if plan.concurrency == "queue" else ""
    return {
        "builder": _short(f"{plan.name} approve {stages[0].name}") if after else plan.name,
        "after": after,
        "approval": stages[0].approval if after else "",
        "force": f"approve_{identifier(plan.name)}_{stages[0].name}" if after else "",
        "lock": "approved" if after else queue,
        "stages": tuple(
            {"name": stage.name, "jobs": tuple(_job(plan, stage, job) for job in stage.jobs)} for stage in stages
        ),
    }


def _job(plan: Plan, stage: Stage, job: Job) -> dict[str, Any]:
    commands = [(step.label, job.in_environment(step)) for step in job.steps]
    if job.python_step:
        commands.insert(0, (job.python_step.label, job.python_step.text))
    return {
        "name": job.name,
        "builder": builder(plan, job),
        "runs_on": job.runs_on,
        "when": tuple(_condition(when) for when in (stage.when, job.when) if when),
        "history": job.history,
        "exclusive": job.exclusive,
        "allow_failure": job.allow_failure,
        "variables": job.variables,
        "secrets": {secret.variable: secret.id for secret in job.secrets},
        "inputs": tuple(artifact.name for artifact in job.inputs),
        "reports": {report.artifact: report.path for report in job.reports},
        "artifacts": {artifact.name: artifact.paths for artifact in job.artifacts},
        "env": {"CI": "true", **job.env},
        "limit": job.timeout,
        "commands": tuple(commands),
    }


def builder(plan: Plan, job: Job) -> str:
    """The name of a job's builder; a long one is cut and told apart by a checksum."""
    return _short(f"{plan.name}-{job.slug}")


def _short(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME - 9]}-{crc32(name.encode()):08x}"


def _condition(when: When) -> dict[str, Any]:
    return {"branch": when.branch, "tag": when.tag, "event": when.event, "variable": when.variable}
