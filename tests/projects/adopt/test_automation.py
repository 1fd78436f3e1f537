"""What tox and nox run, and the commands that run it in a job."""

from pathlib import Path

import pytest

from ci.projects.adopt.automation import Automation
from tests.projects.adopt.samples import surveyed


def by_version(what: str, form: str, command: str) -> str:
    """A command that names the job's Python."""
    return f"""\
# {what} for the Python of the job
version="$(python -c 'import sys; print("{form}".format(*sys.version_info))')"
{command}"""


def automation(folder: Path, files: dict[str, str]) -> Automation:
    """What is known of a project with ``files``."""
    found = surveyed(folder, files).automation
    assert found
    return found


@pytest.mark.parametrize(
    ("files", "lint", "tests"),
    [
        ({"tox.ini": "[tox]\nenvlist = py311,py312\n[testenv]\ncommands = python -m unittest\n"},
         [], ["python -m tox run -e py"]),
        ({"tox.ini": "[tox]\nenv_list =\n    py\n    lint\n    types\n[testenv]\ncommands = pytest {posargs}\n"},
         ["python -m tox run -e lint,types"], ["python -m tox run -e py -- --junitxml=reports/junit.xml"]),
        ({"tox.ini": "[tox]\nenvlist = py3{11-12}-django{4,5}\n[testenv]\ncommands = pytest {posargs:tests}\n"},
         [], [by_version("environments of tox", "py{}{}",
                         'python -m tox run -f "$version" -- tests --junitxml=reports/junit.xml')]),
        ({"tox.ini": "[tox]\nenvlist = 3.11\n[testenv]\ndeps =\n  3.11: tomli\ncommands = pytest\n"},
         [], [by_version("environments of tox", "{}.{}", 'python -m tox run -f "$version"')]),
        ({"tox.ini": "[tox]\nenvlist = py3.11, py3.14t, pypy3\n[testenv:py3.11]\ncommands = pytest\n"},
         [], [by_version("environments of tox", "py{}.{}", 'python -m tox run -f "$version"')]),
        ({"setup.cfg": "[tox:tox]\nenvlist = flake8, test\n"},
         ["python -m tox run -e flake8"], ["python -m tox run -e test"]),
        ({"pyproject.toml": "[tool.tox]\nenv_list = ['3.12', 'py312', 'lint']\n"},
         ["python -m tox run -e lint"], ["python -m tox run -e py"]),
        ({"tox.toml": "env_list = ['py313']\n"}, [], ["python -m tox run -e py"]),
        ({"tox.toml": "[env_run_base]\ncommands = [['pytest', { replace = 'posargs', default = ['a b'] }]]\n"},
         [], ["python -m tox run -e py -- 'a b' --junitxml=reports/junit.xml"]),
    ],
)  # fmt: skip
def test_tox(files: dict[str, str], lint: list[str], tests: list[str], folder: Path) -> None:
    found = automation(folder, files)
    assert (list(found.lint), list(found.tests)) == (lint, tests)


def test_a_runner_of_uv_needs_its_plugin(folder: Path) -> None:
    found = automation(folder, {"tox.toml": "env_list = ['py']\n[env_run_base]\nrunner = 'uv-venv-lock-runner'\n"})
    assert found.requirement == "tox-uv"


def test_a_tox_ini_that_holds_settings_of_other_tools_is_no_tox(folder: Path) -> None:
    assert surveyed(folder, {"tox.ini": "[flake8]\nmax-line-length = 100\n"}).automation is None


NOXFILE = """\
import nox
from nox import session as mark

VERSIONS = ("3.11", "3.12")


@nox.session(python=VERSIONS, name="unit")
def run_them(session: nox.Session) -> None:
    session.run("pytest", "-x", *session.posargs)


@nox.session
def typing(session):
    session.run("mypy")


@nox.session(python=False)
def publish(session):
    raise SystemExit
"""


def test_nox(folder: Path) -> None:
    found = automation(folder, {"noxfile.py": NOXFILE})
    assert found.lint == ("python -m nox --session typing",)
    assert found.tests == (
        by_version("session unit of nox", "{}.{}",
                   'python -m nox --session unit --python "$version" -- --junitxml=reports/junit.xml'),
    )
    assert found.pythons == ("3.11", "3.12")
    assert [remark.subject for remark in found.remarks] == ["nox: publish"]
