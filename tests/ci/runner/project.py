"""A scratch repository whose pipelines really run, and what a run of them shows."""

import tomllib

import msgspec

from ci import model, runner
from ci import plan as planning
from ci.plan import Job, Plan
from ci.runner import JobResult, Options, Result
from tests.repository import Repository

#: What every definition begins with.
TOP = 'version = 1\nname = "scratch"\n'


class Recorder:
    """A display that remembers."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.notes: list[str] = []
        self.order: list[str] = []
        self.output: dict[str, str] = {}

    def started(self, *, commit: str, dirty: bool, jobs: tuple[Job, ...]) -> None:
        self.order.append("started")

    def note(self, text: str) -> None:
        self.notes.append(text)

    def job_started(self, job: Job) -> None:
        self.order.append(f"{job.name} begins")
        self.output[job.name] = ""

    def job_output(self, job: Job, text: str) -> None:
        self.output[job.name] += text

    def job_finished(self, job: Job, result: JobResult, tail: tuple[str, ...]) -> None:
        self.order.append(f"{job.name} ends")

    def finished(self, result: Result) -> None:
        self.order.append("finished")

    def close(self) -> None:
        self.order.append("closed")


class Run:
    """A run that ended: its result and what was shown."""

    def __init__(self, result: Result, shown: Recorder) -> None:
        self.result, self.shown = result, shown
        self.exit_code = result.exit_code
        self.job = {job.slug: job for job in result.jobs}
        self.results = {job.slug: job.result for job in result.jobs}

    def said(self, name: str) -> list[str]:
        """The lines that a job wrote, without the runner's own."""
        own = ("$ ", "> ", "note: ", "error: ")
        return [line for line in self.shown.output[name].splitlines() if not line.startswith(own)]


class Project(Repository):
    """A scratch repository in which pipelines run."""

    def plan(self, pipeline: str) -> Plan:
        return planning.compile(msgspec.convert(tomllib.loads(TOP + pipeline), model.Pipeline))

    def run(self, pipeline: str, options: Options = Options()) -> Run:
        """Run a pipeline given as TOML without its first lines."""
        return self.run_plan(self.plan(pipeline), options)

    def run_plan(self, plan: Plan, options: Options = Options()) -> Run:
        """Run a plan."""
        shown = Recorder()
        return Run(runner.run(plan, self.root, display=shown, options=options), shown)

    def text(self, *commands: str) -> list[str]:
        """What a job of these commands writes."""
        run = self.run(f"[[stage]]\nname = 'job'\nrun = {list(commands)!r}")
        assert run.results == {"job": "success"}, run.shown.output
        return run.said("job")
