"""The files that a job keeps with the build and hands on to later jobs."""

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct

from ci.adapters.jenkins.groovy_text import block, indented, inline, literal
from ci.plan import Artifact, Job, Plan, Report

#: A failure is shown, and the build goes on. A person who stops the build is still obeyed (workflow-basic-steps).
ALLOWED = "catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE', catchInterruptions: false)"

_CLEANUP = inline("cleanup", "deleteDir()")


class Kept(Struct, frozen=True):
    """What the whole plan says about files: patterns that several jobs keep, and artifacts that a later job needs."""

    patterns: frozenset[str]
    inputs: frozenset[str]

    @classmethod
    def of(cls, whole: Plan) -> "Kept":
        """Look through all jobs of a plan."""
        patterns = Counter(pattern for job in whole.jobs for pattern in _patterns(job))
        inputs = {artifact.name for job in whole.jobs for artifact in job.inputs}
        return cls(frozenset(pattern for pattern, jobs in patterns.items() if jobs > 1), frozenset(inputs))


def _patterns(job: Job) -> set[str]:
    artifacts = [pattern for artifact in job.artifacts for pattern in artifact.paths]
    return {*artifacts, *(report.path for report in job.reports if report.kind != "junit")}


def artifacts(job: Job, kept: Kept) -> list[str]:
    """Steps that keep the artifacts of a job that succeeded."""
    return [line for artifact in job.artifacts for line in _artifact(artifact, kept)]


def _artifact(artifact: Artifact, kept: Kept) -> list[str]:
    patterns = ", ".join(artifact.paths)
    shared = not kept.patterns.isdisjoint(artifact.paths)
    stash = [_stash(artifact.name, patterns)] if shared or artifact.name in kept.inputs else []
    return [*stash, *_archive(artifact.name, patterns, ", fingerprint: true", shared=shared)]


def _archive(name: str, patterns: str, more: str = "", *, shared: bool) -> list[str]:
    """Keep files with the build: under a folder of their own where another job keeps files of the same names."""
    if not shared:
        return [f"archiveArtifacts artifacts: {literal(patterns)}{more}"]
    return [
        inline(f"dir({literal(name)})", f"unstash {literal(name)}"),
        f"archiveArtifacts artifacts: {literal(f'{name}/**')}{more}",
    ]


def _stash(name: str, patterns: str) -> str:
    return f"stash name: {literal(name)}, includes: {literal(patterns)}"


def post(job: Job, kept: Kept) -> list[str]:
    """Reports are kept after a failure too. A missing one is a failure, and does not keep the next from being kept."""
    reports = [_report(report, kept) for report in job.reports]
    if not reports:
        return [inline("post", _CLEANUP)]
    if job.allow_failure:
        always = [line for lines in reports for line in block(ALLOWED, lines)]
    elif len(reports) == 1:
        always = reports[0]
    else:
        always = block("script", _each(reports))
    return block("post", [*block("always", always), _CLEANUP])


def _each(attempts: Sequence[list[str]]) -> list[str]:
    """Groovy that does one after the other, also after one that failed, and fails if one did."""
    first, *others = attempts
    if not others:
        return first
    return ["try {", *indented(first), "} finally {", *indented(_each(others)), "}"]


def _report(report: Report, kept: Kept) -> list[str]:
    """``skipMarkingBuildUnstable``: the commands alone decide the verdict, as on every engine (junit plugin)."""
    if report.kind == "junit":
        more = "allowEmptyResults: false, skipMarkingBuildUnstable: true"
        return [f"junit testResults: {literal(report.path)}, {more}"]
    shared = report.path in kept.patterns
    stash = [_stash(report.artifact, report.path)] if shared else []
    return [*stash, *_archive(report.artifact, report.path, shared=shared)]
