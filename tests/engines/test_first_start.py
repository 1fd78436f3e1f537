"""The set-up of ``python3 -m ci`` where it takes seconds: with pip alone, without rights, killed at any moment.

No network either; tests/ci/test_main.py and test_environment.py have all that is quick.
"""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci import offline_machine
from tests.ci.offline_machine import BASE_PYTHON, Machine

pytestmark = pytest.mark.engine

GREETING = "hello run fast"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with uv and an index, without a network."""
    return Machine(tmp_path)


@pytest.fixture
def container() -> Iterator[Machine]:
    """As an engine starts one: a user without home or rights, no uv."""
    with offline_machine.container() as machine:
        yield machine


def ci(machine: Machine, root: Path, *arguments: str, python: str | Path = BASE_PYTHON) -> tuple[int, str]:
    """The exit code of ``python -m ci``, and its last line."""
    code, output = machine.run("-m", "ci", *arguments, cwd=root, python=python)
    return code, output.splitlines()[-1]


def test_user_without_home_or_rights_gets_an_environment(container: Machine) -> None:
    python = offline_machine.usable_by_others()
    root = container.project()
    if container.user is not None:
        os.chown(root, container.user, container.user)
    code, said = ci(container, root, "environment", python=python)
    assert (code, said[:11]) == (0, "ci: done in")
    code, said = ci(container, root, "setup", python=root / ".venv/bin/python")
    assert (code, said[:11]) == (0, "ci: done in")
    assert ci(container, root, "run", "fast", python=root / ".venv/bin/python") == (7, GREETING)


def test_pip_does_what_uv_can_not(machine: Machine) -> None:
    machine.program("uv", '[ "$1" = --version ] || { echo "error: not on a day like this"; exit 2; }')
    assert ci(machine, machine.project(), "run", "fast") == (7, GREETING)


def test_kill_at_any_moment_is_mended(machine: Machine) -> None:
    """Ten moments spread over the whole set-up, each on what the last one left, its installer still at work."""
    root = machine.project()
    begun = time.monotonic()
    ci(machine, root, "run", "fast")
    duration = time.monotonic() - begun
    shutil.rmtree(root / ".venv")
    for moment in range(10):
        process = machine.start("-m", "ci", "run", "fast", cwd=root)
        with process:
            deadline = time.monotonic() + duration * (moment + 0.5) / 10
            while process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.005)
            process.kill()
    assert ci(machine, root, "run", "fast") == (7, GREETING)
