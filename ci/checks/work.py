"""What one stage or job says: commands, variables, files, times."""

import re
from collections.abc import Iterable, Iterator

from ci import model, names, shell, values
from ci.checks.problem import Problem
from ci.toml_lines import Path

#: Variables that an engine, the runner or the plan sets itself. Jenkins decides by some of them what may run.
RESERVED_VARIABLES = re.compile(
    r"PATH|CI|CI_(APPROVED|BRANCH|CHECKS|COMMIT|DIRTY|ENVIRONMENT|JOB_COOKIE|NOTICE_FILE|SERVER_DIRECTORY)"
    r"|(BRANCH|TAG)_NAME|WORKSPACE|(MATRIX|GITHUB|RUNNER|JENKINS|HUDSON|CHANGE)_.*"
    r"|BUILD_(ID|NUMBER|TAG|URL)|JOB_(NAME|URL|BASE_NAME)"
)


def ref_problems(path: Path, found: Iterable[str]) -> Iterator[Problem]:
    """Names that git allows for no branch and no tag."""
    for index, name in enumerate(found):
        if not values.is_ref(name):
            place = path if path == ("default-branch",) else (*path, index)
            yield Problem(place, f"{name!r} can't be a branch or tag; write it as `git branch` shows it")


def work_problems(path: Path, work: model.Work) -> Iterator[Problem]:
    """What stages and jobs have in common."""
    yield from environment_problems(path, work.env)
    yield from command_problems((*path, "setup"), work.setup or ())
    yield from timeout_problems(path, work.timeout or "1s")
    if work.when:
        yield from ref_problems((*path, "when", "branch"), work.when.branch)
        yield from ref_problems((*path, "when", "tag"), work.when.tag)
        for index, variable in enumerate(work.when.variable):
            yield from _variable((*path, "when", "variable", index), variable)


def job_problems(path: Path, job: model.Stage | model.Job) -> Iterator[Problem]:
    """What is wrong in one job by itself."""
    if isinstance(job, model.Job) and not job.run:
        yield Problem(path, "does nothing: give it `run`")
    yield from work_problems(path, job)
    yield from command_problems((*path, "run"), job.run, retries=job.retry)
    yield from _matrix((*path, "matrix"), job.matrix)
    yield from cache_problems((*path, "cache"), job.cache or ())
    for variable in job.secrets:
        yield from _variable((*path, "secrets", variable), variable)
    for key, files in job.artifacts.items():
        yield from inside_problems((*path, "artifacts", key), files)
    yield from _reports((*path, "reports"), job.reports)


def _reports(path: Path, found: model.Reports) -> Iterator[Problem]:
    kinds: dict[str, str] = {}
    for kind, file in names.reports(found):
        yield from inside_problems((*path, kind), [file])
        if kinds.setdefault(file, kind) != kind:
            yield Problem((*path, kind), f"{file!r} is the {kinds[file]} report already")


def cache_problems(path: Path, found: Iterable[model.Cache]) -> Iterator[Problem]:
    """Paths of caches that lead out of the home or the checkout, and caches of which nobody knows when they are old."""
    for index, cache in enumerate(found):
        if bool(cache.key_files) == cache.grows:
            yield Problem((*path, index), "needs either `key-files` or `grows = true`")
        yield from inside_problems((*path, index, "paths"), [folder.removeprefix("~/") for folder in cache.paths])
        yield from inside_problems((*path, index, "key-files"), cache.key_files)


def inside_problems(path: Path, files: Iterable[str]) -> Iterator[Problem]:
    """Files that lead out of the checkout, or into git's own folder."""
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


def environment_problems(path: Path, env: dict[str, str]) -> Iterator[Problem]:
    """Variables that are not for a definition to set, and values that none can have."""
    for name, value in env.items():
        yield from _variable((*path, "env", name), name)
        if "\0" in value:
            yield Problem((*path, "env", name), "holds a NUL, which no environment can")


def _variable(path: Path, name: str) -> Iterator[Problem]:
    if RESERVED_VARIABLES.fullmatch(name):
        yield Problem(path, f"{name} belongs to the engine; choose another name, or set it in the command")


def shared_variable_problems(
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


def timeout_problems(path: Path, duration: str, *, key: str = "timeout") -> Iterator[Problem]:
    """A time limit that is longer than an engine gives."""
    if values.seconds(duration) > values.LONGEST_TIMEOUT:
        yield Problem((*path, key), f"{duration!r} is too long: at most {values.LONGEST_TIMEOUT // 3600}h")


def command_problems(path: Path, commands: Iterable[model.Command], *, retries: int = 0) -> Iterator[Problem]:
    """Commands that are empty, or that no engine can hold."""
    for index, command in enumerate(commands):
        written = shell.command_text(command)
        text = shell.with_retries(written, retries)
        if not written.strip() or not command[0]:
            yield Problem((*path, index), "is an empty command")
        if "\0" in text:
            yield Problem((*path, index), "holds a NUL, which no shell can read")
        if shell.length(text) > shell.LONGEST_STEP:
            yield Problem((*path, index), f"is longer than {shell.LONGEST_STEP} characters: put it into a script file")
