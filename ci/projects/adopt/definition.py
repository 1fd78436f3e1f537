"""Survey -> the text of ``ci/pipeline.toml``: what the project runs already, as a careful person would write it."""

import re
import shlex
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ci.projects.adopt.linters import Linter
from ci.projects.adopt.pythons import SUPPORTED
from ci.projects.adopt.runners import in_folder
from ci.projects.adopt.survey import Survey
from ci.projects.toml_text import string

FLAKE8_REPORT = "reports/flake8.txt"

#: A file or folder that a definition can name (``model.FilePath``).
_PLAIN_PATH = re.compile(r"[\w.+@][\w./+@-]*")
_LONGEST_LINE = 100

_HEAD = """\
# How this project is checked, on a laptop (ci run) and on every engine (ci generate).
"""


class Stage(Struct, frozen=True, kw_only=True):
    """A stage to be written: ``comment`` stands above it, ``reports`` are paths by kind."""

    name: str
    comment: str
    setup: tuple[str, ...]
    run: tuple[str, ...]
    matrix: tuple[str, ...] = ()
    reports: tuple[tuple[str, str], ...] = ()


def definition_text(
    found: Survey, *, name: str, branch: str, targets: tuple[str, ...], pythons: tuple[str, ...] = (),
    dependabot: bool = True,
) -> str:
    """The definition of the project.

    ``branch`` is its default branch, ``targets`` the engines. ``pythons`` replaces what the project says: the last is
    the default. Without ``dependabot`` nothing keeps the actions of the workflow up to date but the project itself.
    """
    matrix = pythons if len(pythons) > 1 else () if pythons else found.pythons.matrix
    default = pythons[-1] if pythons else found.pythons.default
    stages = [_placed(stage, found.folder) for stage in stages_of(found, matrix, reports=default in SUPPORTED)]
    shared = stages[0].setup if len({stage.setup for stage in stages}) == 1 else ()
    parts = [
        _HEAD + "\n".join(_top(found, name, branch, targets, default, shared)),
        f"[on]\npush = [{string(branch)}]\npull-request = [{string(branch)}]",
        *(_stage(stage, shared) for stage in stages),
    ]
    if "github" in targets:
        updates = '["github-actions"]' if dependabot else "[]  # the project has a file of its own"
        parts.append(f"[target.github]\ndependabot = {updates}")
    return "\n\n".join(parts) + "\n"


def stages_of(found: Survey, matrix: tuple[str, ...], *, reports: bool) -> list[Stage]:
    """Lint and test; where the project has neither, that its code can be compiled."""
    stages = [*_lint(found), *_test(found, matrix)]
    if not stages:
        modules = [module for module in found.modules if module != "setup.py"] or ["."]
        comment = "There are no tests yet: this finds syntax errors and packages that do not fit together."
        run = ("python -m pip check", shlex.join(["python", "-m", "compileall", "-q", *modules]))
        stages = [Stage(name="check", comment=comment, setup=found.install.steps, run=run)]
    return stages if reports else [_without_reports(stage) for stage in stages]


def _without_reports(stage: Stage) -> Stage:
    return Stage(name=stage.name, comment=stage.comment, setup=stage.setup, run=stage.run, matrix=stage.matrix)


def _lint(found: Survey) -> Iterator[Stage]:
    if found.automation and found.automation.lint:
        get = (f"python -m pip install {found.automation.requirement}",)
        yield Stage(name="lint", comment="", setup=get, run=found.automation.lint)
        return
    commands = [command for linter in found.linters for command in linter.commands]
    reports: tuple[tuple[str, str], ...] = ()
    flake8 = [command for command in commands if command.startswith("python -m flake8")]
    if len(flake8) == 1 and not re.search(r"--(format|output-file|tee|exit-zero|quiet|count)|-q", flake8[0]):
        commands[commands.index(flake8[0])] = f"{flake8[0]} --tee --output-file={FLAKE8_REPORT}"
        reports = (("flake8", FLAKE8_REPORT),)
    if found.manage and found.install.steps:
        folder = found.manage.rpartition("/")[0]
        commands.append(in_folder(folder, "python manage.py check"))
    if commands:
        yield Stage(name="lint", comment="", setup=_setup_of_linters(found), run=tuple(commands), reports=reports)


def _setup_of_linters(found: Survey) -> tuple[str, ...]:
    """Only the linters, where the project lists none of them and none looks at its packages."""
    missing = tuple(dict.fromkeys(word for linter in found.linters for word in linter.requirements))
    apart = bool(missing) and not found.manage and all(_is_apart(linter) for linter in found.linters)
    return _with((() if apart else found.install.steps), missing)


def _is_apart(linter: Linter) -> bool:
    return bool(linter.requirements) and not linter.needs_project


def _test(found: Survey, matrix: tuple[str, ...]) -> Iterator[Stage]:
    if found.automation and found.automation.tests:
        setup: tuple[str, ...] = (f"python -m pip install {found.automation.requirement}",)
        junit, run = found.automation.junit, found.automation.tests
    elif found.tests:
        setup = _with(found.install.steps, found.tests.requirements)
        junit, run = found.tests.junit, found.tests.commands
    else:
        return
    reports = (("junit", junit),) if junit else ()
    yield Stage(name="test", comment="", setup=setup, run=run, matrix=matrix, reports=reports)


def _with(steps: tuple[str, ...], missing: tuple[str, ...]) -> tuple[str, ...]:
    """``steps`` and one that installs what is missing."""
    return (*steps, shlex.join(["python", "-m", "pip", "install", *missing])) if missing else steps


def _placed(stage: Stage, folder: str) -> Stage:
    """The stage with its commands in ``folder``, and its reports as seen from the top."""
    if not folder:
        return stage
    reports = tuple((kind, f"{folder}/{path}") for kind, path in stage.reports)
    return Stage(
        name=stage.name, comment=stage.comment, matrix=stage.matrix,
        setup=tuple(in_folder(folder, command) for command in stage.setup),
        run=tuple(in_folder(folder, command) for command in stage.run),
        reports=reports if _PLAIN_PATH.fullmatch(folder) else (),
    )


def _top(
    found: Survey, name: str, branch: str, targets: tuple[str, ...], python: str, setup: tuple[str, ...]
) -> Iterator[str]:
    yield "version = 1"
    yield f"name = {string(name)}"
    yield f"default-branch = {string(branch)}"
    yield f"python = {string(python)}"
    yield f"targets = [{', '.join(map(string, targets))}]"
    keys = [f"{found.folder}/{key}" if found.folder else key for key in found.install.key_files]
    if keys and all(map(_PLAIN_PATH.fullmatch, keys)):
        folder, listed = string(found.install.cache_folder), ", ".join(map(string, keys))
        yield f"cache = [{{ paths = [{folder}], key-files = [{listed}] }}]"
    if setup:
        yield _list("setup", setup)


def _stage(stage: Stage, shared: tuple[str, ...]) -> str:
    lines = [f"# {stage.comment}"] if stage.comment else []
    lines += ["[[stage]]", f"name = {string(stage.name)}"]
    if stage.matrix:
        lines.append(f"matrix = {{ python = [{', '.join(map(string, stage.matrix))}] }}")
    if stage.setup != shared:
        lines.append(_list("setup", stage.setup))
    lines.append(_list("run", stage.run))
    if stage.reports:
        lines.append(f"reports = {{ {', '.join(f'{kind} = {string(path)}' for kind, path in stage.reports)} }}")
    return "\n".join(lines)


def _list(key: str, commands: Iterable[str]) -> str:
    values = [string(command) for command in commands]
    line = f"{key} = [{', '.join(values)}]"
    if len(line) <= _LONGEST_LINE and "\n" not in line and len(values) < 3:
        return line
    return "\n".join([f"{key} = [", *(f"    {value}," for value in values), "]"])
