"""The steps of one job: checkout, Python, cache and inputs, the plan's commands, then what is kept."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ci import model
from ci.adapters.github import conditions, notes, pins
from ci.adapters.github.expressions import axis_value, cell_values, escaped
from ci.adapters.yaml_text import Value
from ci.plan import Artifact, Job, Plan, Report, Step

Pins = Mapping[str, pins.Pin]
Content = dict[str, Value]


def steps(job: Job, plan: Plan, pinned: Pins) -> list[Value]:
    """All steps of a job; for a matrix those of its first cell, with expressions in place of the cell's values."""
    caches = _caches(job, plan)
    return [
        _action("Checkout", "actions/checkout", pinned, _checkout(job)),
        *_python(job, pinned),
        *(_cache(cache, job, pinned) for cache in caches),
        *(_input(artifact, pinned) for artifact in job.inputs),
        *(_command(step, job) for step in job.steps),
        *_summary(job),
        *(_report(report, job, plan, pinned) for report in job.reports),
        *(_artifact(artifact, job, plan, pinned) for artifact in job.artifacts),
        *(_save(cache, job, pinned) for cache in caches if cache.grows),
    ]


def _action(name: str, action: str, pinned: Pins, settings: Content, condition: str = "") -> Content:
    only: Content = {"if": condition} if condition else {}
    return {"name": name, **only, "uses": pins.uses(pinned, action), "with": settings}


def _checkout(job: Job) -> Content:
    """``fetch-depth: 0`` fetches all commits, and all branches as ``origin/...`` (actions/checkout, README)."""
    history: Content = {"fetch-depth": 0} if job.history else {}
    return {**history, "persist-credentials": False}


def _python(job: Job, pinned: Pins) -> Iterator[Content]:
    if job.python:
        yield _action("Python", "actions/setup-python", pinned, {"python-version": _python_version(job)})


def _python_version(job: Job) -> str:
    return axis_value("python") if "python" in dict(job.cell) else str(job.python)


def _caches(job: Job, plan: Plan) -> tuple[model.Cache, ...]:
    """None for a job that deploys or holds a secret, nor where tags start releases: no other run can poison those."""
    return () if job.approval or job.secrets or conditions.tag_patterns(plan) else job.caches


def _cache(cache: model.Cache, job: Job, pinned: Pins) -> Content:
    """actions/cache for pip too: ``cache: pip`` of setup-python fails the job if pip left nothing (its issue 815)."""
    if cache.grows:
        settings = {**_grown(cache, job), "restore-keys": _beginning(cache)}
        return _action(f"Restore {_cache_name(cache)}", "actions/cache/restore", pinned, settings)
    files = ", ".join(f"'{file}'" for file in cache.key_files)
    python = [f"{_python_version(job)}-"] if job.python else []
    key = "".join([_beginning(cache), *python, f"${{{{ hashFiles({files}) }}}}"])
    settings = {"path": _lines(cache.paths), "key": key}
    return _action(f"Cache {_cache_name(cache)}", "actions/cache", pinned, settings)


def _save(cache: model.Cache, job: Job, pinned: Pins) -> Content:
    """A step of its own, since actions/cache drops what a failed job added (its issue 1315)."""
    settings = _grown(cache, job)
    return _action(f"Save {_cache_name(cache)}", "actions/cache/save", pinned, settings, "${{ always() }}")


def _grown(cache: model.Cache, job: Job) -> Content:
    """A cache is never written twice: one that grows has a key for each run, and begins with the newest there is."""
    own = "-".join(["${{ github.run_id }}", "${{ github.run_attempt }}", job.group, *cell_values(job)])
    return {"path": _lines(cache.paths), "key": f"{_beginning(cache)}{own}"}


def _beginning(cache: model.Cache) -> str:
    return f"{_cache_name(cache)}-${{{{ runner.os }}}}-"


def _cache_name(cache: model.Cache) -> str:
    return posixpath.basename(cache.paths[0])


def _input(artifact: Artifact, pinned: Pins) -> Content:
    settings: Content = {"name": artifact.name, "path": artifact.folder}
    return _action(f"Fetch {artifact.name}", "actions/download-artifact", pinned, settings)


def _command(step: Step, job: Job) -> Content:
    content: Content = {"name": escaped(step.label), "run": escaped(step.text)}
    if job.secrets:
        names = {secret.variable: notes.secret_name(secret.id) for secret in job.secrets}
        content["env"] = {variable: f"${{{{ secrets.{name} }}}}" for variable, name in names.items()}
    return content


def _summary(job: Job) -> Iterator[Content]:
    """The reports as tables on the run's page, also when the job failed or timed out. GitHub names a cell there."""
    step = msgspec.structs.replace(job, name=job.group).summary_step
    if step:
        files = ", ".join(f"'{report.path}'" for report in job.summarised)
        condition = f"${{{{ always() && hashFiles({files}) != '' }}}}"
        yield {"name": step.label, "if": condition, "run": escaped(step.text)}


def _report(report: Report, job: Job, plan: Plan, pinned: Pins) -> Content:
    name = "-".join([job.group, *cell_values(job), report.kind])
    settings = _upload(name, (report.path,), plan)
    return _action(f"Keep the {report.kind} report", "actions/upload-artifact", pinned, settings, "${{ always() }}")


def _artifact(artifact: Artifact, job: Job, plan: Plan, pinned: Pins) -> Content:
    name = "-".join([artifact.group, *cell_values(job)])
    return _action(f"Keep {artifact.group}", "actions/upload-artifact", pinned, _upload(name, artifact.paths, plan))


def _upload(name: str, paths: Sequence[str], plan: Plan) -> Content:
    settings: Content = {"name": name, "path": _lines(paths), "if-no-files-found": "error"}
    if any(part.startswith(".") for path in paths for part in path.split("/")):
        settings["include-hidden-files"] = True
    return {**settings, "retention-days": plan.keep.artifact_days}


def _lines(paths: Sequence[str]) -> str:
    """What an action takes as a list."""
    return paths[0] if len(paths) == 1 else "\n".join([*paths, ""])
