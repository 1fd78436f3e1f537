"""One job from its fresh checkout to its result."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from ci.errors import CiError
from ci.plan import Job
from ci.runner import checkout, python, reports, variables
from ci.runner.artifacts import ArtifactStore
from ci.runner.conditions import is_rehearsal
from ci.runner.execution import Execution, Interrupted, TimeIsUp
from ci.runner.interrupt import Interrupt
from ci.runner.output import Output
from ci.runner.results import JobResult, Verdict
from ci.runner.run_folder import cookie_prefix, remove

NOTICE = "notice.txt"


class Context(Struct, frozen=True, kw_only=True):
    """What all jobs of a run share."""

    root: Path
    folder: Path
    environments: Path
    source: checkout.Source
    artifacts: ArtifactStore
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
    kept = folder / "reports"
    kept.mkdir(parents=True)
    with open(kept / reports.LOG, "wb", buffering=0) as log:
        output = Output(log, show, context.secrets)
        try:
            outcome = _Attempt(context, job, folder, output).outcome(passed)
        except (CiError, OSError) as error:
            outcome = _Outcome("cancelled" if context.interrupt.signal else "failure", str(error).splitlines()[0])
            with suppress(OSError):  # the disk may be full
                output.line(f"error: {error}")
        notice = output.presentable(_read(folder / NOTICE))
    try:
        reports.publish(kept, reports.folder_of(context.root, job))
    except OSError as error:  # the job may have removed what is around its checkout
        outcome = _Outcome("failure", f"its reports can't be kept: {error.strerror}", outcome.exit_code)
    remove(folder)
    result = JobResult(
        name=job.name, slug=job.slug, stage=job.stage, result=outcome.result, note=outcome.note,
        allowed=job.allow_failure and outcome.result in ("failure", "timed-out"),
        seconds=round(time.monotonic() - started, 3), exit_code=outcome.exit_code,
        log=f"reports/{job.slug}/{reports.LOG}",
    )
    return Ended(result, tuple(output.tail), notice)


class _Attempt:
    """A job on its way: preparation, steps, and what is kept of it."""

    def __init__(self, context: Context, job: Job, folder: Path, output: Output) -> None:
        self._context, self._job, self._folder, self._output = context, job, folder, output
        self._checkout = folder / "checkout"
        self._limit = job.timeout * context.timeout_scale

    def outcome(self, passed: tuple[str, ...]) -> _Outcome:
        """Run the job. Raises CiError or OSError where it can't even begin, or leaves less than it promises."""
        context, job = self._context, self._job
        try:
            chosen = python.choose(
                job, root=context.root, folder=context.environments, clean=context.clean, say=self._output.line
            )
        except python.MissingPython as missing:
            return _Outcome("failure" if context.clean else "skipped", str(missing))
        cookie = f"{cookie_prefix(context.folder)}{job.slug}/"
        env = variables.of_job(
            job, context.shared, context.environ, cookie=cookie, notice=self._folder / NOTICE, passed=passed
        )
        notes = self._prepare(chosen)
        outcome = self._collect(self._run(cookie, variables.with_python(env, chosen.prefix) if chosen else env))
        return _Outcome(outcome.result, "; ".join(filter(None, [outcome.note, *notes])), outcome.exit_code)

    def _prepare(self, chosen: python.Python | None) -> list[str]:
        """Make the checkout, put the inputs into it, and return what people should know."""
        notes = [chosen.note] if chosen and chosen.note else []
        if is_rehearsal(self._job):
            notes.append(f"rehearsal of {self._job.approval}")
        checkout.check_out(self._context.source, self._checkout)
        for artifact in self._job.inputs:
            origin = self._context.artifacts.put_back(artifact, self._checkout)
            notes += [f"{artifact.name} is from an earlier run, {origin}"] if origin else []
        reports.forget(self._job.reports, self._checkout)
        for note in notes:
            self._output.line(f"note: {note}")
        return notes

    def _run(self, cookie: str, env: Mapping[str, str]) -> _Outcome:
        """Run the steps and end all that is left of them."""
        execution = Execution(
            cwd=self._checkout, env=env, cookie=cookie, interrupt=self._context.interrupt, feed=self._output.feed,
            deadline=time.monotonic() + self._limit,
        )
        try:
            outcome = self._steps(execution)
        except TimeIsUp:
            longer = f"--timeout-scale {2 * self._context.timeout_scale:g}"
            outcome = _Outcome("timed-out", f"time limit of {self._limit:g} s; for twice the time: {longer}")
            self._output.line(f"error: time limit of {self._limit:g} s reached: ending the job")
        except Interrupted:
            outcome = _Outcome("cancelled", "interrupted")
            self._output.line("error: interrupted: ending the job (Ctrl-C again ends it at once)")
        finally:
            left = execution.end()
            execution.close()
            self._output.end()
        if left and outcome.result in ("success", "failure"):
            self._output.line(f"note: ended {left} process{'es' if left > 1 else ''} that the job left behind")
        return outcome

    def _steps(self, execution: Execution) -> _Outcome:
        for number, step in enumerate(self._job.steps):
            script = self._folder / f"step-{number}.sh"
            script.write_bytes(step.text.encode(errors="surrogateescape"))  # an argument of the call is any bytes
            for line in step.prompt.splitlines():
                self._output.line(line)
            exit_code = execution.step(script)
            if exit_code:
                return _Outcome("failure", f"exit code {exit_code}: {step.label}", exit_code)
        return _Outcome("success", exit_code=0)

    def _collect(self, outcome: _Outcome) -> _Outcome:
        """Keep reports always and artifacts after success; what is missing then is a failure."""
        succeeded = outcome.result == "success"
        missing = reports.collect(self._job.reports, self._checkout, self._folder / "reports")
        if missing:
            text = f"missing report: {', '.join(missing)}"
            self._output.line(f"error: {text}" if succeeded else f"note: {text}")
            return _Outcome("failure", text, outcome.exit_code) if succeeded else outcome
        if succeeded:
            self._context.artifacts.add(self._job.artifacts, self._checkout)
        return outcome


def _read(notice: Path) -> str:
    try:
        return notice.read_text(errors="replace").strip()
    except OSError:
        return ""
