"""The two commands of pipelines, ``ci environment`` and ``ci setup``, on the machines they meet; all offline."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci import interpreters
from tests.ci import offline_machine
from tests.ci.offline_machine import BASE_PYTHON, Machine, python_copy
from tests.tool import CI

VERSION = ".".join(map(str, sys.version_info[:3]))
MINOR = ".".join(map(str, sys.version_info[:2]))
MADE = f"ci: making .venv with Python {VERSION} and pip\nci: done in N s\n"
INSTALLED = f"ci: installing 1 packages into .venv (Python {VERSION}) with uv\nci: done in N s\n"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with uv and an index, without a network."""
    return Machine(tmp_path)


@pytest.fixture
def root(machine: Machine) -> Path:
    """A checkout as a pipeline's agent has it."""
    return machine.project()


@pytest.fixture
def container() -> Iterator[Machine]:
    """As an engine starts one: a user without home or rights, no uv."""
    with offline_machine.container() as machine:
        yield machine


def called(machine: Machine, root: Path, *arguments: str | Path, python: str | Path = BASE_PYTHON) -> tuple[int, str]:
    """The exit code and the output of ``python -m ci``, seconds replaced by N."""
    code, output = machine.run("-m", "ci", *arguments, cwd=root, python=python)
    return code, re.sub(r"\d+\.\d s$", "N s", output, flags=re.MULTILINE)


def test_environment_is_made_once_with_pip_and_nothing_else(machine: Machine, root: Path) -> None:
    assert called(machine, root, "environment", "--python", MINOR) == (0, MADE)
    again = f"ci: .venv is there, with Python {VERSION}\n"
    assert called(machine, root, "environment", "--python", MINOR) == (0, again)
    packages = os.listdir(root / f".venv/lib/python{MINOR}/site-packages")
    assert {name.partition("-")[0] for name in packages} == {"pip"}
    assert machine.run("-c", "import pip", cwd=root, python=root / ".venv/bin/python") == (0, "")


def test_setup_fills_an_environment_once(machine: Machine, root: Path) -> None:
    called(machine, root, "environment")
    python = root / ".venv/bin/python"
    assert called(machine, root, "setup", python=python) == (0, INSTALLED)
    assert called(machine, root, "setup", python=python) == (0, "ci: .venv holds what requirements-dev.txt says\n")
    assert called(machine, root, "run", python=python) == (7, "hello run\n")


def test_folder_can_be_named(machine: Machine, root: Path) -> None:
    code, output = called(machine, root, "environment", "made/here")
    assert (code, output) == (0, MADE.replace(".venv", "made/here"))


def test_setup_serves_a_python_outside_environments(machine: Machine, root: Path, tmp_path: Path) -> None:
    """As the one that actions/setup-python puts on PATH."""
    python = python_copy(tmp_path / "toolcache")
    prefix = tmp_path / "toolcache"
    assert called(machine, root, "setup", python=python) == (0, INSTALLED.replace(".venv", str(prefix)))
    assert called(machine, root, "run", python=python) == (7, "hello run\n")


def test_python_of_the_system_is_left_alone(machine: Machine, root: Path, tmp_path: Path) -> None:
    python = python_copy(tmp_path / "usr", externally_managed=True)
    assert called(machine, root, "setup", python=python) == (
        2,
        f"ci: {python} belongs to the operating system, which wants no packages in it. Make an environment first: "
        "`python3 -m ci environment`, then `.venv/bin/python -m ci setup`.\n",
    )


def test_python_without_its_venv_package_names_the_package(tmp_path: Path) -> None:
    """Debian has ensurepip, and pip's wheel, in a package of its own."""
    machine = Machine(tmp_path, with_uv=False)
    root = machine.project()
    python = python_copy(tmp_path / "usr", without=("ensurepip",))
    code, output = called(machine, root, "environment", python=python)
    assert (code, output.splitlines()[1:]) == (
        2,
        [
            f"ci: {root}/.venv/bin/python3 lacks a part of the standard library (venv, ensurepip): install it (Debian, "
            "Ubuntu: apt-get install python3-venv), then run the same command again."
        ],
    )


def test_python_without_its_venv_package_will_do_with_uv(machine: Machine, root: Path, tmp_path: Path) -> None:
    python = python_copy(tmp_path / "usr", without=("ensurepip",))
    assert called(machine, root, "run", python=python) == (
        7,
        f"ci: making .venv with Python {VERSION} (1 packages, uv)\nci: done in N s\nhello run\n",
    )


@pytest.mark.parametrize("command", ["run", "environment"])
def test_folder_that_can_not_be_written_is_named(container: Machine, command: str) -> None:
    root = container.project()
    root.chmod(0o555)
    assert called(container, root, command, python=offline_machine.usable_by_others()) == (
        2,
        f"ci: can't set up .venv: Permission denied ({root}/.venv). Put that right, or make an environment where you "
        "can write: `python3 -m ci environment FOLDER`.\n",
    )
    root.chmod(0o755)


def test_interrupted_setup_of_the_users_environment_writes_every_file_again(machine: Machine, root: Path) -> None:
    """What a killed installer left half-written looks installed; nothing else in the environment is touched."""
    machine.run("-m", "venv", "--without-pip", root / ".venv", cwd=root)
    python = root / ".venv/bin/python"
    called(machine, root, "setup", python=python)
    (root / ".venv/ci-lock").unlink()
    (root / ".venv/ci-state").write_text("made by somebody else, unfinished")
    module = next((root / ".venv").glob("lib/*/site-packages/demo_package.py"))
    module.unlink()
    assert called(machine, root, "setup", python=python) == (0, INSTALLED)
    assert module.exists()


def test_other_version_of_ours_is_replaced_and_of_the_user_is_refused(machine: Machine, root: Path) -> None:
    versions = sorted({"3.11", "3.12", "3.13", "3.14"} - {MINOR})
    other, python = next(((version, found) for version in versions if (found := interpreters.find(version))), ("", ""))
    if not python:
        pytest.skip("there is one version of Python on this machine")
    machine.variables["PATH"] += f":{os.path.dirname(python)}"
    called(machine, root, "environment", "--python", MINOR)
    code, output = called(machine, root, "environment", "--python", other)
    assert (code, output.splitlines()[0].endswith(f"and pip: it held Python {VERSION}")) == (0, True)
    shutil.rmtree(root / ".venv")
    machine.run("-m", "venv", "--without-pip", root / ".venv", cwd=root)
    assert called(machine, root, "environment", "--python", other) == (
        2,
        f"ci: .venv holds Python {VERSION}, and this tool did not make it: remove it, or name another folder: "
        f"`python3 -m ci environment --python {other} FOLDER`.\n",
    )


def test_version_that_is_nowhere_says_where_it_was_sought(machine: Machine, root: Path) -> None:
    (machine.programs / "uv").unlink()
    assert called(machine, root, "environment", "--python", "3.99") == (
        2,
        "ci: there is no Python 3.99 on this machine: fetching it\n"
        f"ci: there is no Python 3.99 on this machine. Tried: this one ({VERSION}); python3.99, python3 and python on "
        f"PATH; {machine.folder}/home/.pyenv/versions; the ones of uv. "
        "Install it, or install uv, which can fetch it.\n",
    )


def test_version_must_be_one(machine: Machine, root: Path) -> None:
    code, output = called(machine, root, "environment", "--python", "latest")
    assert (code, output.splitlines()[-1]) == (2, "Error: --python latest: write a version, as 3.12")


HELP = {
    "setup": """\
Usage: ci setup [OPTIONS]

  Install the locked packages for this Python.

  What the lock says, into its environment: a virtual one, or the Python of a
  CI machine. Quick when that is done already.

  python -m ci setup

Options:
  -h, --help  Show this message and exit.
""",
    "environment": f"""\
Usage: ci environment [OPTIONS] [FOLDER]

  Make an empty environment of one Python version.

  In FOLDER, without it .venv, for `python -m ci setup` to fill. Does nothing
  if it is there.

  python3 -m ci environment --python 3.12
  .venv/bin/python -m ci setup

Options:
  --python VERSION  As 3.12; without it this one, {MINOR}.
  -h, --help        Show this message and exit.
""",
    "summary": """\
Usage: ci summary [OPTIONS] JOB

  Show a job's reports as Markdown.

  JOB is its name, for the heading. In $GITHUB_STEP_SUMMARY, else here; on
  GitHub findings as annotations too, and on TeamCity as its service messages.

  ci summary test --junit reports/junit.xml

Options:
  --junit FILE       A JUnit report, as of pytest --junitxml.
  --comparison FILE  What `ci bench` found, as JSON.
  --benchmark FILE   A report of pytest-benchmark, as JSON.
  --flake8 FILE      Output of flake8 in its default format.
  -h, --help         Show this message and exit.
""",
}


@pytest.mark.parametrize("command", HELP)
def test_help_is_there_before_anything_is_installed(machine: Machine, root: Path, command: str) -> None:
    assert called(machine, root, command, "--help") == (0, HELP[command])
    assert not (root / ".venv").exists()


@pytest.mark.parametrize("command", HELP)
def test_help_is_the_same_in_an_environment(command: str) -> None:
    done = subprocess.run([*CI, command, "--help"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, HELP[command], "")
