"""bazel/jobs/JOB.sh: what a job is, for bazel/job.sh."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from ci import adapters, pack, plan
from ci.plan import Job


def files(found: plan.Plan) -> dict[str, str]:
    """All scripts by path."""
    program = Path(pack.__file__).read_text(encoding="utf-8")
    made = {
        "bazel/files.sh": _fixed("files.sh"),
        "bazel/job.sh": _fixed("job.sh"),
        "bazel/pack.py": f"# {adapters.OWNERSHIP}\n{program}",
    }
    return made | {f"bazel/jobs/{job.slug}.sh": _job(job) for job in found.jobs}


def _fixed(name: str) -> str:
    """A script that is the same for every pipeline."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return f"#!/bin/sh\n# {adapters.OWNERSHIP}\n{text}"


def _job(job: Job) -> str:
    """Variables that job.sh reads, and the job's commands."""
    junit = [report.path for report in job.reports if report.kind == "junit"]
    lines = [
        "# shellcheck shell=sh disable=SC2016,SC2034",
        f"# {adapters.OWNERSHIP}",
        f"# The job {job.name} of the stage {job.stage}.",
        *_words("inputs", (artifact.name for artifact in job.inputs)),
        *_words("reports", (report.path for report in job.reports)),
        *_words("junit", junit),
        *_words("artifacts", (artifact.name for artifact in job.artifacts)),
        *_patterns(job),
        "run() {",
        *(f"export {name}={shlex.quote(value)}" for name, value in {"CI": "true", **job.env}.items()),
        f"exec {plan.whole_job(job)}",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _words(name: str, words: Iterable[str]) -> list[str]:
    text = " ".join(words)
    return [f"{name}={shlex.quote(text)}"] if text else []


def _patterns(job: Job) -> list[str]:
    """A function that prints the patterns of an artifact."""
    if not job.artifacts:
        return []
    cases = [f"    {artifact.name}) echo {shlex.quote(' '.join(artifact.paths))} ;;" for artifact in job.artifacts]
    return ["patterns() {", '    case "$1" in', *cases, "    esac", "}"]
