"""The order of things: stages one after the other, jobs of a stage side by side, exclusive ones alone."""

import os
import queue
import signal
import sys
import threading
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
_PATIENCE = 0.2


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
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._room = threading.Semaphore(_WAITING_BLOCKS)
        self._ended: dict[str, Ended] = {}

    def run(self, selected: Selected) -> list[Ended]:
        """Run all stages and return how each job ended, in order. After a failure or an interruption: not-run."""
        with ThreadPoolExecutor(self._options.jobs or cores(), thread_name_prefix="job") as pool:
            try:
                for stage, jobs in selected:
                    self._run_stage(pool, stage, jobs)
            except BaseException:  # a mistake of ours: the pool waits for its jobs, so end them first
                self._context.interrupt.request(signal.SIGTERM)
                raise
        return [self._ended[job.slug] for _stage, jobs in selected for job in jobs]

    def _run_stage(self, pool: ThreadPoolExecutor, stage: Stage, jobs: tuple[Job, ...]) -> None:
        reason = self._reason_to_stop()
        passed = tuple(one.result.name for one in self._ended.values() if one.result.result == "success")
        wanted = [job for job in jobs if not self._is_left_out(stage, job, reason)]
        for batch in batches(tuple(wanted)):
            self._follow([pool.submit(self._run_job, job, passed) for job in batch])

    def _reason_to_stop(self) -> str | None:
        if self._context.interrupt.signal:
            return "interrupted"
        failed = [one.result.name for one in self._ended.values() if not one.result.passed]
        return f"after the failure of {failed[0]}" if failed and not self._options.keep_going else None

    def _is_left_out(self, stage: Stage, job: Job, reason_to_stop: str | None) -> bool:
        context = self._context
        if reason_to_stop:
            self._leave_out(job, "not-run", reason_to_stop)
        elif reason := reason_to_skip(
            stage, job, context.source, named=frozenset(self._options.names), environ=context.environ
        ):
            self._leave_out(job, "skipped", reason)
        return job.slug in self._ended

    def _leave_out(self, job: Job, result: Verdict, reason: str) -> None:
        self._ended[job.slug] = ended = _without_running(job, result, reason)
        self._display.job_finished(job, ended.result, ())

    def _follow(self, running: "list[Future[Ended]]") -> None:
        """Show what happens until all jobs have ended. The handlers of signals run here too, in the main thread.

        A signal that comes just before the wait begins, or to another thread, doesn't end the wait: so it is short.
        """
        left = len(running)
        for future in running:
            future.add_done_callback(lambda _future: self._events.put(_finished))
        while left:
            try:
                event = self._events.get(timeout=_PATIENCE)
            except queue.Empty:
                continue
            event()
            left -= event is _finished
        for future in running:
            ended = future.result()
            self._ended[ended.result.slug] = ended

    def _run_job(self, job: Job, passed: tuple[str, ...]) -> Ended:
        if self._context.interrupt.signal:
            ended = _without_running(job, "not-run", "interrupted")
        else:
            self._events.put(partial(self._display.job_started, job))
            ended = run_job(self._context, job, partial(self._show, job), passed=passed)
        self._events.put(partial(self._display.job_finished, job, ended.result, ended.tail))
        return ended

    def _show(self, job: Job, text: str) -> None:
        """Show output; wait where a slow terminal has too much of it already.

        When the run shall end, output is dropped rather than that a job waits for a terminal that takes no more.
        """
        while not self._room.acquire(timeout=_PATIENCE):
            if self._context.interrupt.signal:
                return
        self._events.put(partial(self._show_now, job, text))

    def _show_now(self, job: Job, text: str) -> None:
        self._room.release()
        self._display.job_output(job, text)


def _finished() -> None:
    """Stands among the events for the end of a job."""


def _without_running(job: Job, result: Verdict, note: str) -> Ended:
    return Ended(JobResult(name=job.name, slug=job.slug, stage=job.stage, result=result, note=note), ())
