"""What types alone can't say of a definition: names that must exist, combinations that can't be, too long texts."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from math import prod

from msgspec import Struct

from ci import model, names, shell, values
from ci.toml_lines import Path

#: Job names that generated files need for themselves.
RESERVED_NAMES = ("gate",)

#: Variables that an engine, the runner or the plan sets itself. Jenkins decides by some of them what may run.
RESERVED_VARIABLES = re.compile(
    r"PATH|CI|CI_(CHECKS|COMMIT|DIRTY|ENVIRONMENT|JOB_COOKIE|NOTICE_FILE|SERVER_DIRECTORY)|(BRANCH|TAG)_NAME|WORKSPACE"
    r"|(MATRIX|GITHUB|RUNNER|JENKINS|HUDSON|CHANGE)_.*|BUILD_(ID|NUMBER|TAG|URL)|JOB_(NAME|URL|BASE_NAME)"
)

#: The environment that stands for a laptop (``CI_ENVIRONMENT``).
LOCAL = "local"

#: Jobs that a matrix (GitHub's limit) and a pipeline may make, and characters of a job's name, which is a folder too.
MOST_CELLS = 256
MOST_JOBS = 1000
LONGEST_NAME = 100

JOB_KEYS = (
    "run", "matrix", "reports", "artifacts", "inputs", "secrets", "retry", "allow_failure", "exclusive", "local",
)


class Problem(Struct, frozen=True, order=True):
    """Something wrong at ``path`` of the definition, in words."""

    path: Path
    text: str


def jobs(pipeline: model.Pipeline) -> Iterator[tuple[Path, model.Stage, model.Stage | model.Job]]:
    """Each job before its matrix is expanded, with its path and its stage."""
    for number, stage in enumerate(pipeline.stage):
        if stage.job:
            for index, job in enumerate(stage.job):
                yield ("stage", number, "job", index), stage, job
        else:
            yield ("stage", number), stage, stage


def problems(pipeline: model.Pipeline) -> Iterator[Problem]:
    """Every problem of a definition whose types are right."""
    yield from _stages(pipeline)
    too_many = list(_sizes(pipeline))
    yield from too_many
    if not too_many:
        yield from _names(pipeline)
        yield from _kept_names(pipeline)
    yield from _inputs(pipeline)
    yield from _triggers(pipeline)
    yield from _environment((), pipeline.env)
    yield from _commands(("setup",), pipeline.setup)
    yield from _timeout((), pipeline.timeout)
    yield from _caches(("cache",), pipeline.cache)
    for path, stage, job in jobs(pipeline):
        yield from _job(path, job)
        yield from _shared_variables(path, stage, job, {**pipeline.env, **stage.env, **job.env})


def _stages(pipeline: model.Pipeline) -> Iterator[Problem]:
    for number, stage in enumerate(pipeline.stage):
        path: Path = ("stage", number)
        used = [key for key in JOB_KEYS if getattr(stage, key) != getattr(model.Stage(name="x"), key)]
        if stage.job and used:
            key = used[0].replace("_", "-")
            yield Problem((*path, key), f"belongs to one job: this stage has several, so move {key!r} into them")
        if not stage.job and not stage.run:
            yield Problem(path, "does nothing: give it `run`, or jobs with [[stage.job]]")
        if stage.approval == LOCAL:
            yield Problem((*path, "approval"), f"{LOCAL!r} stands for a laptop: choose another name")
        if stage.job:
            yield from _work(path, stage)


def _sizes(pipeline: model.Pipeline) -> Iterator[Problem]:
    total = 0
    for path, _stage, job in jobs(pipeline):
        count = prod(len(axis) for axis in job.matrix.values())
        total += count
        if count > MOST_CELLS:
            yield Problem((*path, "matrix"), f"makes {count:,} jobs; at most {MOST_CELLS} are possible")
    if total > MOST_JOBS:
        yield Problem(("stage",), f"there are {total:,} jobs; at most {MOST_JOBS:,} are possible")


def _names(pipeline: model.Pipeline) -> Iterator[Problem]:
    """Names are unique over stages and jobs, also those that a matrix makes."""
    taken = dict.fromkeys(RESERVED_NAMES, "a job of the generated files")
    for number, stage in enumerate(pipeline.stage):
        if stage.job:
            yield from _unique(("stage", number, "name"), [stage.name], taken, "a stage")
    for path, _stage, job in jobs(pipeline):
        cells = [cell for cell in dict.fromkeys(names.cells(job.matrix)) if cell]
        slugs = [names.in_cell(job.name, cell) for cell in cells]
        yield from _unique((*path, "name"), [job.name, *slugs], taken, "a job")
        longest = max((names.in_words(job.name, cell) for cell in cells), key=len, default="")
        if len(longest) > LONGEST_NAME:
            yield Problem((*path, "matrix"), f"makes the name {longest!r}: longer than {LONGEST_NAME} characters")


def _kept_names(pipeline: model.Pipeline) -> Iterator[Problem]:
    """An artifact has one source, and a name of its own among the artifacts and reports of all jobs."""
    taken: dict[str, str] = {}
    for path, _stage, job in jobs(pipeline):
        for cell in dict.fromkeys(names.cells(job.matrix)):
            slug = names.in_cell(job.name, cell)
            for kind, _file in names.reports(job.reports):
                name = names.of_report(slug, kind)
                yield from _unique((*path, "reports", kind), [name], taken, f"a report of job {job.name!r}")
    for path, _stage, job in jobs(pipeline):
        for group in job.artifacts:
            made = [names.in_cell(group, cell) for cell in dict.fromkeys(names.cells(job.matrix))]
            yield from islice(_unique((*path, "artifacts", group), made, taken, f"job {job.name!r}"), 1)


def _unique(path: Path, found: Iterable[str], taken: dict[str, str], kind: str) -> Iterator[Problem]:
    """Case counts for nothing: not every file system knows it."""
    for name in found:
        if name.lower() in taken:
            yield Problem(path, f"the name {name!r} is taken by {taken[name.lower()]}: choose another")
        taken[name.lower()] = kind


def _inputs(pipeline: model.Pipeline) -> Iterator[Problem]:
    """An input comes from an earlier stage."""
    made: dict[str, model.Stage] = {}
    for path, stage, job in jobs(pipeline):
        for name in job.artifacts:
            made.setdefault(name, stage)
        for index, name in enumerate(job.inputs):
            if made.get(name, stage) is stage:
                yield Problem((*path, "inputs", index), f"no earlier stage makes an artifact {name!r}")
            elif name in job.inputs[:index]:
                yield Problem((*path, "inputs", index), f"{name!r} is listed twice")


def _triggers(pipeline: model.Pipeline) -> Iterator[Problem]:
    on = pipeline.on
    yield from _refs(("default-branch",), [pipeline.default_branch])
    yield from _refs(("on", "push"), on.push)
    yield from _refs(("on", "pull-request"), on.pull_request)
    for index, text in enumerate(on.schedule):
        if not values.is_schedule(text):
            yield Problem(("on", "schedule", index), f'{text!r} is not five cron fields of numbers, as "30 4 * * 1"')


def _refs(path: Path, found: Iterable[str]) -> Iterator[Problem]:
    for index, name in enumerate(found):
        if not values.is_ref(name):
            place = path if path == ("default-branch",) else (*path, index)
            yield Problem(place, f"{name!r} can't be a branch or tag; write it as `git branch` shows it")


def _work(path: Path, work: model.Work) -> Iterator[Problem]:
    """What stages and jobs have in common."""
    yield from _environment(path, work.env)
    yield from _commands((*path, "setup"), work.setup or ())
    yield from _timeout(path, work.timeout or "1s")
    if work.when:
        yield from _refs((*path, "when", "branch"), work.when.branch)
        yield from _refs((*path, "when", "tag"), work.when.tag)
        for index, variable in enumerate(work.when.variable):
            yield from _variable((*path, "when", "variable", index), variable)


def _job(path: Path, job: model.Stage | model.Job) -> Iterator[Problem]:
    if isinstance(job, model.Job) and not job.run:
        yield Problem(path, "does nothing: give it `run`")
    yield from _work(path, job)
    yield from _commands((*path, "run"), job.run, retries=job.retry)
    yield from _matrix((*path, "matrix"), job.matrix)
    yield from _caches((*path, "cache"), job.cache or ())
    for variable in job.secrets:
        yield from _variable((*path, "secrets", variable), variable)
    for key, files in job.artifacts.items():
        yield from _inside((*path, "artifacts", key), files)
    yield from _reports((*path, "reports"), job.reports)


def _reports(path: Path, found: model.Reports) -> Iterator[Problem]:
    kinds: dict[str, str] = {}
    for kind, file in names.reports(found):
        yield from _inside((*path, kind), [file])
        if kinds.setdefault(file, kind) != kind:
            yield Problem((*path, kind), f"{file!r} is the {kinds[file]} report already")


def _caches(path: Path, found: Iterable[model.Cache]) -> Iterator[Problem]:
    for index, cache in enumerate(found):
        yield from _inside((*path, index, "paths"), [folder.removeprefix("~/") for folder in cache.paths])
        yield from _inside((*path, index, "key-files"), cache.key_files)


def _inside(path: Path, files: Iterable[str]) -> Iterator[Problem]:
    for file in files:
        if not values.is_inside(file):
            yield Problem(path, f"{file!r} must name files inside the checkout, outside of .git, without ./ and //")


def _matrix(path: Path, matrix: dict[str, tuple[model.MatrixValue, ...]]) -> Iterator[Problem]:
    for axis, found in matrix.items():
        if len(set(map(str, found))) != len(found):
            yield Problem((*path, axis), "holds a value twice")
        for value in found:
            if axis == "python" and not re.fullmatch(r"3\.[1-9][0-9]?", str(value)):
                yield Problem((*path, axis), f'{value!r} is not a Python version; write it in quotes, as "3.13"')


def _environment(path: Path, env: dict[str, str]) -> Iterator[Problem]:
    for name, value in env.items():
        yield from _variable((*path, "env", name), name)
        if "\0" in value:
            yield Problem((*path, "env", name), "holds a NUL, which no environment can")


def _variable(path: Path, name: str) -> Iterator[Problem]:
    if RESERVED_VARIABLES.fullmatch(name):
        yield Problem(path, f"{name} belongs to the engine; choose another name, or set it in the command")


def _shared_variables(
    path: Path, stage: model.Stage, job: model.Stage | model.Job, env: dict[str, str]
) -> Iterator[Problem]:
    """One variable has one source: engines differ in which of two they take."""
    variables = {name for when in (stage.when, job.when) if when for name in when.variable}
    advice = "take it out of one of them"
    for name in job.secrets:
        if name in env or name in variables:
            other = "env" if name in env else "when.variable"
            yield Problem((*path, "secrets", name), f"{name} is in `{other}` too: {advice}")
    for name in sorted(variables & set(env)):
        yield Problem((*path, "when", "variable"), f"{name} is in `env` too: {advice}")


def _timeout(path: Path, duration: str) -> Iterator[Problem]:
    if values.seconds(duration) > values.LONGEST_TIMEOUT:
        yield Problem((*path, "timeout"), f"{duration!r} is too long: at most {values.LONGEST_TIMEOUT // 3600}h")


def _commands(path: Path, commands: Iterable[model.Command], *, retries: int = 0) -> Iterator[Problem]:
    for index, command in enumerate(commands):
        written = shell.command_text(command)
        text = shell.with_retries(written, retries)
        if not written.strip() or not command[0]:
            yield Problem((*path, index), "is an empty command")
        if "\0" in text:
            yield Problem((*path, index), "holds a NUL, which no shell can read")
        if shell.length(text) > shell.LONGEST_STEP:
            yield Problem((*path, index), f"is longer than {shell.LONGEST_STEP} characters: put it into a script file")
