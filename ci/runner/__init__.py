"""The plan on this machine: ``ci run``.

Every job runs in a fresh checkout of one commit, under the same rules as on an engine. What a run leaves: ``reports/``
for people, ``var/`` for the next run.
"""

import os
import time
from contextlib import closing
from pathlib import Path

from ci.plan import Plan
from ci.runner import checkout, job, reports, selection, variables
from ci.runner.artifacts import ArtifactStore, Origin
from ci.runner.display import Display, Guarded
from ci.runner.interrupt import Interrupt, caught
from ci.runner.output import secret_lines
from ci.runner.results import JobResult, Options, Result, to_json, verdict
from ci.runner.run_folder import locked, new_folder
from ci.runner.schedule import Scheduler

__all__ = ["Display", "JobResult", "Options", "Result", "run", "to_json"]

RESULT_FILE = "run.json"


def run(plan: Plan, root: Path, *, display: Display, options: Options = Options()) -> Result:
    """Run the plan's jobs in checkouts of the repository at ``root`` and show them on ``display``.

    Leaves each job's reports and log in ``reports/<slug>/`` and the result in ``reports/run.json``. Signals end the
    jobs and give a result with the exit code that belongs to them.
    Raises UsageError for what can't be run (an unknown name, no commit), CommandError if git fails.
    """
    root = root.resolve()
    var = root / "var"
    selected = selection.select(plan, options, var / "last-run.json")
    with caught() as interrupt, closing(Guarded(display, interrupt)) as shown:
        with new_folder(var / "runs", note=shown.note) as folder:
            return _run(plan, root, folder, selected, options, shown, interrupt)


def _run(
    plan: Plan, root: Path, folder: Path, selected: selection.Selected, options: Options, display: Display,
    interrupt: Interrupt,
) -> Result:
    started = time.monotonic()
    jobs = tuple(one for _stage, jobs in selected for one in jobs)
    context = _context(plan, root, folder, frozenset(one.slug for one in jobs), options, interrupt)
    display.started(commit=context.source.commit, dirty=context.source.dirty, jobs=jobs)
    if context.source.has_submodules:
        display.note("submodules are not checked out, as on the engines")
    for one in jobs:
        reports.clear(reports.folder_of(root, one))
    ended = Scheduler(context, options, display).run(selected)
    results = tuple(one.result for one in ended)
    result = Result(
        result=verdict(results, signal=interrupt.signal),
        commit=context.source.commit,
        dirty=context.source.dirty,
        seconds=round(time.monotonic() - started, 3),
        jobs=results,
        notices=tuple(one.notice for one in ended if one.notice),
        signal=interrupt.signal,
    )
    display.finished(result)
    _remember(plan, root, result, options)
    return result


def _context(
    plan: Plan, root: Path, folder: Path, jobs: frozenset[str], options: Options, interrupt: Interrupt
) -> job.Context:
    environ = dict(os.environ)
    source = checkout.prepare(root, folder / "source", clean=options.clean, default_branch=plan.default_branch)
    origin = Origin(source.commit, source.dirty, source.snapshot)
    values = (environ[name] for name in variables.secret_names(plan) if name in environ)
    return job.Context(
        root=root,
        folder=folder,
        environments=(folder if options.clean else root / "var") / "environments",
        source=source,
        artifacts=ArtifactStore(
            plan, jobs, this_run=folder / "artifacts", kept=root / "var" / "artifacts", origin=origin,
            publish=not options.arguments,
        ),
        shared=variables.of_run(plan, source, environ, server=root / "var" / "server"),
        environ=environ,
        secrets=secret_lines(values),
        clean=options.clean,
        timeout_scale=options.timeout_scale,
        interrupt=interrupt,
    )


def _remember(plan: Plan, root: Path, result: Result, options: Options) -> None:
    if not options.arguments:
        with locked(root / "var"):
            selection.remember(plan, result.jobs, root / "var" / "last-run.json")
    (root / "reports").mkdir(exist_ok=True)
    with locked(root / "reports"):
        (root / "reports" / RESULT_FILE).write_text(to_json(result) + "\n")
