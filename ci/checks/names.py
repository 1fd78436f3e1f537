"""Names of a whole pipeline: each is unique, what is used is made, and a matrix makes no more than engines bear."""

from collections.abc import Iterable, Iterator
from itertools import islice
from math import prod

from ci import model, names
from ci.checks.problem import Problem, jobs
from ci.toml_lines import Path

#: Job names that generated files need for themselves.
RESERVED_NAMES = ("gate",)

#: Jobs that a matrix (GitHub's limit) and a pipeline may make, and characters of a job's name, which is a folder too.
MOST_CELLS = 256
MOST_JOBS = 1000
LONGEST_NAME = 100


def name_problems(pipeline: model.Pipeline) -> Iterator[Problem]:
    """Names that are taken, too long or unknown, and matrices that make too many."""
    too_many = list(_sizes(pipeline))
    yield from too_many
    if not too_many:
        yield from _names(pipeline)
        yield from _kept_names(pipeline)
    yield from _inputs(pipeline)


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
