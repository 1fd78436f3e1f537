"""Projects whose checks run by tox or nox: which of their environments or sessions lint, and which test."""

import re

from msgspec import Struct

from ci.projects.adopt.findings import Found, Remark
from ci.projects.adopt.nox import FILE as NOXFILE
from ci.projects.adopt.nox import Session, read_nox
from ci.projects.adopt.runners import JUNIT
from ci.projects.adopt.settings import Settings
from ci.projects.adopt.tox import Tox, read_tox
from ci.projects.adopt.tree import Tree

_LINTS = re.compile(
    r"lint(ing|ers)?|flake8|pep8|style|code.?style|format(ting)?|fmt|ruff|black|isort|pylint|mypy|types?|typing"
    r"|type.?check(ing)?|checks?|qa|static|quality"
)
_TESTS = re.compile(r"(unit.?)?tests?|unit|pytest")

#: A command that names the Python of the job.
_BY_VERSION = """\
# {what} for the Python of the job
version="$(python -c 'import sys; print("{form}".format(*sys.version_info))')"
{command}"""


class Automation(Struct, frozen=True):
    """A tool (``requirement``) that makes environments of its own and runs ``lint`` and ``tests`` in them."""

    requirement: str
    lint: tuple[str, ...]
    tests: tuple[str, ...]
    pythons: tuple[str, ...]
    junit: str
    found: Found
    remarks: tuple[Remark, ...] = ()


def read_automation(tree: Tree, settings: Settings) -> Automation | None:
    """What tox or else nox runs; None for a project without them."""
    if tox := read_tox(tree, settings):
        return _by_tox(tox)
    sessions = read_nox(tree)
    return _by_nox(sessions) if sessions else None


def _by_tox(tox: Tox) -> Automation:
    lint = [env for env in tox.envs if _LINTS.fullmatch(env)]
    others = [env for env in tox.envs if env not in lint and env not in tox.tests]
    named_tests = [env for env in others if _TESTS.fullmatch(env)]
    tests, junit = _tox_tests(tox, named_tests)
    return Automation(
        tox.requirement, (f"python -m tox run -e {','.join(lint)}",) if lint else (), tests, tox.pythons, junit,
        Found(tox.file, f"tox: {', '.join(tox.envs)}"), _left("tox", [env for env in others if env not in named_tests]),
    )


def _tox_tests(tox: Tox, named: list[str]) -> tuple[tuple[str, ...], str]:
    """The command of the test environments, and its report where they hand arguments on to pytest."""
    if tox.tests:
        command = "python -m tox run -e py" if tox.is_plain else 'python -m tox run -f "$version"'
    elif named:
        command = f"python -m tox run -e {','.join(named)}"
    else:
        return (), ""
    if tox.arguments is not None:
        command = " ".join(filter(None, [f"{command} --", tox.arguments, f"--junitxml={JUNIT}"]))
    if tox.tests and not tox.is_plain:
        command = _BY_VERSION.format(what="environments of tox", form=tox.factor, command=command)
    return (command,), "" if tox.arguments is None else JUNIT


def _by_nox(sessions: tuple[Session, ...]) -> Automation:
    lint = [one for one in sessions if _LINTS.fullmatch(one.name)]
    tests = [one for one in sessions if _TESTS.fullmatch(one.name)]
    others = [one.name for one in sessions if one not in lint and one not in tests]
    first = tests[0] if tests else Session("", (), takes_arguments=False)
    commands = tuple(_nox_command(one, report=one is first and one.takes_arguments) for one in tests)
    return Automation(
        "nox", tuple(f"python -m nox --session {one.name}" for one in lint), commands, first.pythons,
        JUNIT if first.takes_arguments else "", Found(NOXFILE, f"nox: {', '.join(one.name for one in sessions)}"),
        _left("nox", others),
    )


def _nox_command(session: Session, *, report: bool) -> str:
    handed_on = f" -- --junitxml={JUNIT}" if report else ""
    command = f"python -m nox --session {session.name}"
    if not session.pythons:
        return command + handed_on
    command += f' --python "$version"{handed_on}'
    return _BY_VERSION.format(what=f"session {session.name} of nox", form="{}.{}", command=command)


def _left(tool: str, names: list[str]) -> tuple[Remark, ...]:
    if not names:
        return ()
    command = "python -m tox run -e" if tool == "tox" else "python -m nox --session"
    reason = "neither a linter nor tests by its name" if len(names) == 1 else "neither linters nor tests by their names"
    return (Remark(f"{tool}: {', '.join(names)}", reason, f"to run it too, add `{command} {names[0]}` to a stage"),)
