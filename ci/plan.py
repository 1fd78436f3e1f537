"""Model -> plan: what every engine and the local runner do. Names, order, matrix and shell text are decided here."""

import posixpath
from itertools import takewhile
from typing import TypeVar

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from ci import model, names, shell, shell_arguments, visible
from ci.errors import UsageError
from ci.values import seconds

#: Where a job's own Python environment is, in its checkout, on an engine that doesn't provide ``python`` itself.
ENVIRONMENT_FOLDER = ".venv"

#: Variable that says where a deploy goes: the approved environment on an engine, "local" on a laptop.
ENVIRONMENT_VARIABLE = "CI_ENVIRONMENT"

Entry = TypeVar("Entry")

_LONGEST_LABEL = 50


class Step(Struct, frozen=True):
    """One command of a job.

    ``text`` goes to ``sh -e`` as it is. Its ``python`` is the job's: an engine that can't put that on PATH
    runs ``Job.python_step`` first and hands ``in_environment(step)`` to the shell instead. ``command`` is what the
    definition says ("" for a step that the plan adds), ``label`` what a log calls it. ``retries``: how often ``text``
    runs it again.
    """

    label: str
    text: str
    command: str = ""
    retries: int = 0

    @property
    def prompt(self) -> str:
        """The command as a session at a prompt shows it: ``$`` before its first line, ``>`` before the others."""
        return "\n".join(f"{'>' if number else '$'} {line}" for number, line in enumerate(self.command.splitlines()))


class Report(Struct, frozen=True):
    """A file for people: junit, benchmark, flake8 or page by ``kind``, and its name among the run's artifacts."""

    kind: str
    path: str
    artifact: str


class Artifact(Struct, frozen=True):
    """Files of a job by name. ``folder`` is the deepest one that holds all of them ("." is the checkout).

    ``group`` is the name in the definition; a matrix makes several artifacts of one group.
    """

    name: str
    group: str
    paths: tuple[str, ...]
    folder: str


class Secret(Struct, frozen=True):
    """``variable`` of the job's environment gets the secret that the engine knows as ``id``."""

    variable: str
    id: str


class Job(Struct, frozen=True, kw_only=True):
    """A job, one cell of its matrix.

    ``name`` is what people read (``test (3.13)``), ``group`` its name in the definition (``test``), ``slug`` its name
    in files (``test-3.13``), ``cell`` the axis values. ``timeout`` in seconds. ``history``: the commits before the one
    that is checked out are known, and the branches of the remote as ``origin/...``.
    """

    name: str
    group: str
    slug: str
    stage: str
    cell: names.Cell
    python: str | None
    runs_on: str
    env: dict[str, str]
    setup: tuple[Step, ...]
    run: tuple[Step, ...]
    timeout: int
    reports: tuple[Report, ...]
    artifacts: tuple[Artifact, ...]
    inputs: tuple[Artifact, ...]
    secrets: tuple[Secret, ...]
    variables: tuple[str, ...]
    caches: tuple[model.Cache, ...]
    when: model.When | None
    approval: str | None
    allow_failure: bool
    history: bool
    exclusive: bool
    local: bool

    @property
    def names(self) -> tuple[str, ...]:
        """What people may call it, or several jobs at once."""
        return tuple(dict.fromkeys((self.stage, self.group, self.slug, self.name)))

    @property
    def steps(self) -> tuple[Step, ...]:
        """All commands in order."""
        return (*self.setup, *self.run)

    @property
    def python_step(self) -> Step | None:
        """The command that makes the job's Python environment where the engine has none."""
        if self.python is None:
            return None
        return Step(f"Python {self.python}", f"python3 -m ci environment --python {self.python} {ENVIRONMENT_FOLDER}")

    @property
    def summarised(self) -> tuple[Report, ...]:
        """The reports that ``summary_step`` reads; a page is for the browser."""
        return tuple(report for report in self.reports if report.kind != "page")

    @property
    def summary_step(self) -> Step | None:
        """The command that shows the job's reports to people, for an engine without pages of its own for them."""
        words = [word for report in self.summarised for word in (f"--{report.kind}", report.path)]
        if not words:
            return None
        return Step("summary", shell.command_text(["python3", "-m", "ci", "summary", self.name, *words]))

    def in_environment(self, step: Step) -> str:
        """The text of ``step`` with the environment that ``python_step`` made first on PATH."""
        return step.text if self.python is None else shell.with_path(step.text, f"{ENVIRONMENT_FOLDER}/bin")


class Stage(Struct, frozen=True, kw_only=True):
    """Jobs that run side by side, after every job of the stage before.

    ``when`` is set where the stage holds several jobs; a stage of one job has its condition in the job.
    """

    name: str
    jobs: tuple[Job, ...]
    when: model.When | None
    approval: str | None


class Plan(Struct, frozen=True, kw_only=True):
    """A pipeline with everything decided. ``env`` is the part that all jobs start from."""

    name: str
    default_branch: str
    triggers: model.Triggers
    concurrency: str
    keep: model.Keep
    env: dict[str, str]
    stages: tuple[Stage, ...]

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs in order."""
        return tuple(job for stage in self.stages for job in stage.jobs)

    @property
    def names(self) -> tuple[str, ...]:
        """All names of jobs, in order."""
        return tuple(dict.fromkeys(name for job in self.jobs for name in job.names))


def compile(pipeline: model.Pipeline) -> Plan:
    """The plan of a definition that ``definition.load`` accepted."""
    stages: list[Stage] = []
    made: dict[str, list[Artifact]] = {}
    for stage in pipeline.stage:
        jobs = tuple(
            planned for job in stage.job or (stage,) for planned in _expand(pipeline, stage, job, made)
        )
        for artifact in (artifact for job in jobs for artifact in job.artifacts):
            made.setdefault(artifact.group, []).append(artifact)
        when = stage.when or None if stage.job else None
        stages.append(Stage(name=stage.name, jobs=jobs, when=when, approval=stage.approval or None))
    return Plan(
        name=pipeline.name,
        default_branch=pipeline.default_branch,
        triggers=pipeline.on,
        concurrency=pipeline.concurrency,
        keep=pipeline.keep,
        env=pipeline.env,
        stages=tuple(stages),
    )


def _expand(
    pipeline: model.Pipeline, stage: model.Stage, job: model.Stage | model.Job, made: dict[str, list[Artifact]]
) -> list[Job]:
    """The jobs of one job's matrix; one where it has none."""
    return [_job(pipeline, stage, job, cell, made) for cell in names.cells(job.matrix)]


def _job(
    pipeline: model.Pipeline,
    stage: model.Stage,
    job: model.Stage | model.Job,
    cell: names.Cell,
    made: dict[str, list[Artifact]],
) -> Job:
    slug = names.in_cell(job.name, cell)
    approval = stage.approval or None
    return Job(
        name=names.in_words(job.name, cell),
        group=job.name,
        slug=slug,
        stage=stage.name,
        cell=cell,
        python=dict(cell).get("python", pipeline.python or None),
        runs_on=job.runs_on or pipeline.runs_on,
        env={**pipeline.env, **stage.env, **job.env, **_own_env(cell, approval)},
        setup=_steps(_innermost(job.setup, stage.setup, pipeline.setup), 0),
        run=_steps(job.run, job.retry),
        timeout=seconds(job.timeout or stage.timeout or pipeline.timeout),
        reports=_reports(job.reports, slug),
        artifacts=tuple(_artifact(name, paths, cell) for name, paths in job.artifacts.items()),
        inputs=tuple(artifact for name in job.inputs for artifact in made[name]),
        secrets=tuple(Secret(variable, id) for variable, id in job.secrets.items()),
        variables=tuple(dict.fromkeys(_variables(stage, job))),
        caches=_innermost(job.cache, stage.cache, pipeline.cache),
        when=job.when or None,
        approval=approval,
        allow_failure=job.allow_failure,
        history=job.history,
        exclusive=job.exclusive,
        local=job.local,
    )


def _innermost(*values: tuple[Entry, ...] | UnsetType) -> tuple[Entry, ...]:
    """The first list that was given: a job's replaces its stage's, which replaces the pipeline's."""
    return next(value for value in values if value is not UNSET)


def _own_env(cell: names.Cell, approval: str | None) -> dict[str, str]:
    """What the plan adds to a job's environment: the axes but python, and where a deploy goes."""
    env = {f"MATRIX_{axis.upper().replace('-', '_')}": value for axis, value in cell if axis != "python"}
    return env if approval is None else {**env, ENVIRONMENT_VARIABLE: approval}


def _variables(stage: model.Stage, job: model.Stage | model.Job) -> list[str]:
    return [variable for when in (stage.when, job.when) if when for variable in when.variable]


def _steps(commands: tuple[model.Command, ...], retries: int) -> tuple[Step, ...]:
    return tuple(_step(shell.command_text(command), retries) for command in commands)


def _step(text: str, retries: int) -> Step:
    return Step(_label(text), shell.with_retries(text, retries), text.strip(), retries)


def with_arguments(job: Job, arguments: tuple[str, ...]) -> Job:
    """The job with ``arguments`` behind its last command, quoted: each arrives there byte for byte.

    Raises UsageError, which says how to do it by hand, where that command can't take any.
    """
    last = job.run[-1]
    try:
        text = shell_arguments.with_arguments(last.command, arguments)
    except ValueError as reason:
        given = visible.one_line(shell.command_text(arguments))
        raise UsageError(
            f"the last command of {job.name} takes no arguments: {reason}\n"
            + "\n".join(f"  {line}" for line in last.prompt.splitlines())
            + f"\nby hand: activate the environment (. .venv/bin/activate), and write {given} where it belongs"
        ) from None
    longer = _step(shell.command_text(text), last.retries)
    return replace(job, run=(*job.run[:-1], replace(longer, label=last.label)))


def _label(text: str) -> str:
    """What a log calls a command: the beginning of its first line, whole words, without control characters."""
    line = visible.one_line(next(line for line in text.splitlines() if line.strip())).strip() or "command"
    if len(line) <= _LONGEST_LABEL:
        return line
    return f"{line[:_LONGEST_LABEL].rpartition(' ')[0] or line[:_LONGEST_LABEL]} …"


def _reports(reports: model.Reports, slug: str) -> tuple[Report, ...]:
    return tuple(Report(kind, path, names.of_report(slug, kind)) for kind, path in names.reports(reports))


def _artifact(group: str, paths: tuple[str, ...], cell: names.Cell) -> Artifact:
    return Artifact(names.in_cell(group, cell), group, paths, _common_folder(paths))


def _common_folder(paths: tuple[str, ...]) -> str:
    """The deepest folder that holds every file the patterns can name."""
    return posixpath.commonpath([fixed_folder(path) for path in paths]) or "."


def fixed_folder(path: str) -> str:
    """The folders of a pattern before its first wildcard; "" where it begins with one."""
    fixed = takewhile(lambda part: "*" not in part and "?" not in part, path.split("/")[:-1])
    return "/".join(fixed)


def whole_job(job: Job) -> str:
    """One shell text that runs a whole job under its time limit, for engines that know no steps.

    Its exit code is that of the first command that failed, or 124 when the time was up.
    """
    first = [job.python_step.text] if job.python_step else []
    return shell.with_time_limit([*first, *(job.in_environment(step) for step in job.steps)], job.timeout)
