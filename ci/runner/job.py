"""One job from its fresh checkout to its result."""

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from ci.errors import CiError
from ci.plan import Job
from ci.runner import checkout, files, python, variables
from ci.runner.conditions import is_rehearsal
from ci.runner.execution import Execution, Interrupted, TimeIsUp
from ci.runner.interrupt import Interrupt
from ci.runner.output import Output
from ci.runner.results import JobResult, Verdict
from ci.runner.run_folder import cookie_prefix, locked, remove

LOG = "log.txt"


class Context(Struct, frozen=True, kw_only=True):
    """What all jobs of a run share."""

    root: Path
    folder: Path
    environments: Path
    source: checkout.Source
    artifacts: files.ArtifactStore
    shared: Mapping[str, str]
    environ: Mapping[str, str]
    secrets: tuple[str, ...]
    clean: bool
    timeout_scale: float
    interrupt: Interrupt


class Ended(Struct, frozen=True):
    """A job's result with the end of its output and the text that it left for the end of the run."""

    result: JobResult
    tail: tuple[str, ...]
    notice: str = ""


class _Outcome(Struct, frozen=True):
    result: Verdict
    note: str = ""
    exit_code: int | None = None


def run_job(context: Context, job: Job, show: Callable[[str], None], *, passed: tuple[str, ...]) -> Ended:
    """Run a job to its end, after ``passed`` succeeded; ``show`` gets its output in whole lines.

    Never raises for what a job does.
    """
    started = time.monotonic()
    folder = context.folder / "jobs" / job.slug
    reports = folder / "reports"
    reports.mkdir(parents=True)
    with open(reports / LOG, "wb", buffering=0) as log:
        output = Output(log, show, context.secrets)
        try:
            outcome = _attempt(context, job, folder, output, passed)
        except (CiError, OSError) as error:
            outcome = _Outcome("cancelled" if context.interrupt.signal else "failure", str(error).splitlines()[0])
            output.line(f"error: {error}")
        notice = output.presentable(_read(folder / "notice.txt"))
    publish(reports, report_folder(context.root, job))
    remove(folder)
    result = JobResult(
        name=job.name, slug=job.slug, stage=job.stage, result=outcome.result, note=outcome.note,
        allowed=job.allow_failure and outcome.result in ("failure", "timed-out"),
        seconds=round(time.monotonic() - started, 3), exit_code=outcome.exit_code,
        log=f"reports/{job.slug}/{LOG}",
    )
    return Ended(result, tuple(output.tail), notice)


def _attempt(context: Context, job: Job, folder: Path, output: Output, passed: tuple[str, ...]) -> _Outcome:
    try:
        chosen = python.choose(
            job, root=context.root, folder=context.environments, clean=context.clean, say=output.line
        )
    except python.MissingPython as missing:
        return _Outcome("failure" if context.clean else "skipped", str(missing))
    cookie = f"{cookie_prefix(context.folder)}{job.slug}/"
    notice = folder / "notice.txt"
    env = variables.of_job(job, context.shared, context.environ, cookie=cookie, notice=notice, passed=passed)
    notes = [chosen.note] if chosen and chosen.note else []
    if is_rehearsal(job):
        notes.append(f"rehearsal of {job.approval}")
    place = folder / "checkout"
    checkout.check_out(context.source, place)
    notes += _put_back_inputs(context, job, place)
    for note in notes:
        output.line(f"note: {note}")
    files.clear_reports(job.reports, place)
    outcome = _run_steps(
        context, job, folder, output, cookie=cookie, env=variables.with_python(env, chosen.prefix) if chosen else env
    )
    outcome = _collect(context, job, folder, outcome, output)
    return _Outcome(outcome.result, "; ".join(filter(None, [outcome.note, *notes])), outcome.exit_code)


def _put_back_inputs(context: Context, job: Job, place: Path) -> list[str]:
    origins = [(artifact.name, context.artifacts.put_back(artifact, place)) for artifact in job.inputs]
    return [f"{name} is from an earlier run, {origin}" for name, origin in origins if origin]


def _run_steps(
    context: Context, job: Job, folder: Path, output: Output, *, cookie: str, env: Mapping[str, str]
) -> _Outcome:
    execution = Execution(
        cwd=folder / "checkout", env=env, cookie=cookie, interrupt=context.interrupt, feed=output.feed,
        deadline=time.monotonic() + job.timeout * context.timeout_scale,
    )
    try:
        outcome = _steps(job, folder, output, execution)
    except TimeIsUp:
        outcome = _Outcome("timed-out", f"time limit of {job.timeout * context.timeout_scale:g} s")
        output.line(f"error: time limit of {job.timeout * context.timeout_scale:g} s reached: ending the job")
    except Interrupted:
        outcome = _Outcome("cancelled", "interrupted")
        output.line("error: interrupted: ending the job (Ctrl-C again ends it at once)")
    finally:
        left = execution.end()
        output.end()
        execution.close()
    if left and outcome.result in ("success", "failure"):
        output.line(f"note: ended {left} process{'es' if left > 1 else ''} that the job left behind")
    return outcome


def _steps(job: Job, folder: Path, output: Output, execution: Execution) -> _Outcome:
    for number, step in enumerate(job.steps):
        script = folder / f"step-{number}.sh"
        script.write_bytes(step.text.encode())
        output.line(f"$ {step.label}")
        exit_code = execution.step(script)
        if exit_code:
            output.end()
            return _Outcome("failure", f"exit code {exit_code}: {step.label}", exit_code)
    return _Outcome("success", exit_code=0)


def _collect(context: Context, job: Job, folder: Path, outcome: _Outcome, output: Output) -> _Outcome:
    """Keep reports always and artifacts after success; what is missing then is a failure."""
    missing = files.collect_reports(job.reports, folder / "checkout", folder / "reports")
    if missing:
        text = f"missing report: {', '.join(missing)}"
        output.line(f"error: {text}" if outcome.result == "success" else f"note: {text}")
        if outcome.result == "success":
            return _Outcome("failure", text, outcome.exit_code)
    if outcome.result == "success":
        for artifact in job.artifacts:
            context.artifacts.add(artifact, folder / "checkout")
    return outcome


def report_folder(root: Path, job: Job) -> Path:
    """Where people find a job's reports and its log."""
    return root / "reports" / job.slug


def clear(folder: Path) -> None:
    """Remove a folder of reports of an earlier run."""
    folder.parent.mkdir(exist_ok=True)
    with locked(folder.parent):
        remove(folder)


def publish(reports: Path, destination: Path) -> None:
    """Put a folder of reports in its place, all at once, so that two runs never mix theirs."""
    destination.parent.mkdir(exist_ok=True)
    with locked(destination.parent):
        remove(destination)
        shutil.move(reports, destination)


def _read(notice: Path) -> str:
    try:
        return notice.read_text(errors="replace").strip()
    except OSError:
        return ""
