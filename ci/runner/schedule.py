"""The order of things: stages one after the other, jobs of a stage side by side, exclusive ones alone."""

import os
import queue
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from ci.plan import Job, Stage
from ci.runner.conditions import reason_to_skip
from ci.runner.display import Display
from ci.runner.job import Context, Ended, run_job
from ci.runner.results import JobResult, Options, Verdict
from ci.runner.selection import Selected

#: Blocks of output that may wait for a slow terminal before jobs have to wait too.
_WAITING_BLOCKS = 64


def cores() -> int:
    """How many processors this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def batches(jobs: tuple[Job, ...]) -> Iterator[tuple[Job, ...]]:
    """Jobs of a stage that may run at the same time: all ordinary ones, then each exclusive one by itself."""
    together = tuple(job for job in jobs if not job.exclusive)
    if together:
        yield together
    yield from ((job,) for job in jobs if job.exclusive)


class Scheduler:
    """Runs the selected jobs. All that people see goes through the thread that calls ``run``."""

    def __init__(self, context: Context, options: Options, display: Display) -> None:
        self._context, self._options, self._display = context, options, display
        self._events: queue.Queue[Callable[[], None]] = queue.Queue(_WAITING_BLOCKS)

    def run(self, selected: Selected) -> list[Ended]:
        """Run all stages. Jobs after a failure or an interruption are told apart as not-run."""
        ended: list[Ended] = []
        with ThreadPoolExecutor(self._options.jobs or cores(), thread_name_prefix="job") as pool:
            for stage, jobs in selected:
                reason = self._reason_to_stop(ended)
                passed = tuple(one.result.name for one in ended if one.result.result == "success")
                for batch in [jobs] if reason else batches(jobs):
                    ended += [self._not_run(job, "not-run", reason) for job in batch] if reason else (
                        self._run_batch(pool, stage, batch, passed)
                    )
        order = [job.slug for _stage, jobs in selected for job in jobs]
        return sorted(ended, key=lambda one: order.index(one.result.slug))

    def _reason_to_stop(self, ended: list[Ended]) -> str | None:
        if self._context.interrupt.signal:
            return "interrupted"
        failed = [one.result.name for one in ended if not one.result.passed]
        return f"after the failure of {failed[0]}" if failed and not self._options.keep_going else None

    def _run_batch(
        self, pool: ThreadPoolExecutor, stage: Stage, batch: tuple[Job, ...], passed: tuple[str, ...]
    ) -> list[Ended]:
        ended, running = [], []
        for job in batch:
            reason = reason_to_skip(
                stage, job, self._context.source, allow=self._options.allow, environ=self._context.environ
            )
            if reason:
                ended.append(self._not_run(job, "skipped", reason))
            else:
                running.append(pool.submit(self._run_job, job, passed))
        return ended + self._follow(running)

    def _follow(self, running: "list[Future[Ended]]") -> list[Ended]:
        """Show what happens until all jobs have ended. Signals arrive here, between two events."""
        finished = 0
        for job in running:
            job.add_done_callback(lambda _job: self._emit(_finished))
        while finished < len(running):
            event = self._events.get()
            if event is _finished:
                finished += 1
            else:
                event()
        return [job.result() for job in running]

    def _run_job(self, job: Job, passed: tuple[str, ...]) -> Ended:
        if self._context.interrupt.signal:
            ended = Ended(_result_of(job, "not-run", "interrupted"), ())
        else:
            self._emit(partial(self._display.job_started, job))
            ended = run_job(self._context, job, partial(self._show, job), passed=passed)
        self._emit(partial(self._display.job_finished, job, ended.result, ended.tail))
        return ended

    def _emit(self, event: Callable[[], None]) -> None:
        """Hand an event to the showing thread, waiting while it has too many already."""
        self._events.put(event)

    def _show(self, job: Job, text: str) -> None:
        """Show output. When the run shall end, a terminal that takes nothing more must not keep a job from ending."""
        while True:
            try:
                return self._events.put(partial(self._display.job_output, job, text), timeout=0.2)
            except queue.Full:
                if self._context.interrupt.signal:
                    return

    def _not_run(self, job: Job, result: Verdict, reason: str) -> Ended:
        ended = Ended(_result_of(job, result, reason), ())
        self._display.job_finished(job, ended.result, ())
        return ended


def _finished() -> None:
    """Stands among the events for the end of a job."""


def _result_of(job: Job, result: Verdict, note: str) -> JobResult:
    return JobResult(name=job.name, slug=job.slug, stage=job.stage, result=result, note=note)
