"""What types alone can't say of a definition: names that must exist, combinations that can't be, too long texts."""

import re
from collections.abc import Iterable, Iterator
from itertools import product

from msgspec import Struct

from ci import model, shell
from ci.toml_lines import Path

#: Job names that generated files need for themselves.
RESERVED_NAMES = ("gate",)

#: Variables that an engine or the plan sets itself.
RESERVED_VARIABLES = re.compile(r"PATH|CI|CI_ENVIRONMENT|(MATRIX|GITHUB|RUNNER|JENKINS)_.*")

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
    yield from _names(pipeline)
    yield from _artifacts(pipeline)
    yield from _schedule(pipeline.on)
    yield from _environment((), pipeline.env)
    yield from _commands(("setup",), pipeline.setup)
    for path, stage, job in jobs(pipeline):
        yield from _job(path, job)


def _stages(pipeline: model.Pipeline) -> Iterator[Problem]:
    for number, stage in enumerate(pipeline.stage):
        path: Path = ("stage", number)
        used = [key for key in JOB_KEYS if getattr(stage, key) != getattr(model.Stage(name="x"), key)]
        if stage.job and used:
            key = used[0].replace("_", "-")
            yield Problem((*path, key), f"belongs to one job: this stage has several, so move {key!r} into them")
        if not stage.job and not stage.run:
            yield Problem(path, f"stage {stage.name!r} does nothing: give it `run`, or jobs with [[stage.job]]")
        if stage.job:
            yield from _environment(path, stage.env)
            yield from _commands((*path, "setup"), stage.setup or ())


def _names(pipeline: model.Pipeline) -> Iterator[Problem]:
    """Names are unique over stages and jobs, also those that a matrix makes."""
    taken = dict.fromkeys(RESERVED_NAMES, "a job of the generated files")
    for number, stage in enumerate(pipeline.stage):
        if stage.job:
            yield from _name(("stage", number, "name"), [stage.name], taken, "a stage")
    for path, _stage, job in jobs(pipeline):
        cells = product(*(values for values in job.matrix.values()))
        slugs = ["-".join([job.name, *map(str, cell)]) for cell in cells]
        yield from _name((*path, "name"), dict.fromkeys([job.name, *slugs]), taken, "a job")


def _name(path: Path, names: Iterable[str], taken: dict[str, str], kind: str) -> Iterator[Problem]:
    for name in names:
        if name in taken:
            yield Problem(path, f"the name {name!r} is taken by {taken[name]}: choose another")
        taken[name] = kind


def _artifacts(pipeline: model.Pipeline) -> Iterator[Problem]:
    """An input comes from an earlier stage; an artifact has one source."""
    made: dict[str, model.Stage] = {}
    for path, stage, job in jobs(pipeline):
        for name in job.artifacts:
            if name in made:
                yield Problem((*path, "artifacts", name), f"the artifact {name!r} is made by an earlier job already")
            made.setdefault(name, stage)
        for index, name in enumerate(job.inputs):
            if made.get(name, stage) is stage:
                yield Problem((*path, "inputs", index), f"no earlier stage makes an artifact {name!r}")


def _job(path: Path, job: model.Stage | model.Job) -> Iterator[Problem]:
    if not job.run and not (isinstance(job, model.Stage) and job.job):
        if isinstance(job, model.Job):
            yield Problem(path, f"job {job.name!r} does nothing: give it `run`")
    yield from _environment(path, job.env)
    yield from _commands((*path, "setup"), job.setup or ())
    yield from _commands((*path, "run"), job.run, retries=job.retry)
    yield from _matrix((*path, "matrix"), job.matrix)
    for variable in job.secrets:
        yield from _variable((*path, "secrets", variable), variable)
    for key, files in job.artifacts.items():
        yield from _inside((*path, "artifacts", key), files)
    reports = [job.reports.junit, job.reports.benchmark, job.reports.flake8]
    yield from _inside((*path, "reports"), [file for file in reports if file])


def _inside(path: Path, files: Iterable[str]) -> Iterator[Problem]:
    for file in files:
        if ".." in file.split("/") or file.endswith("/"):
            yield Problem(path, f"{file!r} must name files inside the checkout")


def _matrix(path: Path, matrix: dict[str, tuple[model.MatrixValue, ...]]) -> Iterator[Problem]:
    for axis, values in matrix.items():
        if len(set(map(str, values))) != len(values):
            yield Problem((*path, axis), "holds a value twice")
        for value in values:
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


def _commands(path: Path, commands: Iterable[model.Command], *, retries: int = 0) -> Iterator[Problem]:
    for index, command in enumerate(commands):
        written = shell.command_text(command)
        text = shell.with_retries(written, retries)
        if not written.strip():
            yield Problem((*path, index), "is an empty command")
        if "\0" in text:
            yield Problem((*path, index), "holds a NUL, which no shell can read")
        if shell.length(text) > shell.LONGEST_STEP:
            yield Problem((*path, index), f"is longer than {shell.LONGEST_STEP} characters: put it into a script file")


_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def _schedule(triggers: model.Triggers) -> Iterator[Problem]:
    for index, text in enumerate(triggers.schedule):
        fields = text.split(" ")
        if len(fields) != len(_CRON) or not all(_cron_field(field, *limit) for field, limit in zip(fields, _CRON)):
            yield Problem(("on", "schedule", index), f'{text!r} is not five cron fields of numbers, as "30 4 * * 1"')


def _cron_field(field: str, lowest: int, highest: int) -> bool:
    """Whether a cron field holds only what every engine reads: ``*``, ``n``, ``a-b``, lists, ``/step``."""
    for part in field.split(","):
        found = re.fullmatch(r"(\*|(\d{1,2})(?:-(\d{1,2}))?)(?:/([1-9]\d?))?", part)
        if not found:
            return False
        numbers = [int(number) for number in found.group(2, 3) if number]
        if any(not lowest <= number <= highest for number in numbers) or numbers != sorted(numbers):
            return False
    return True
