"""Where a Python of a given version is sought, among small scripts that answer as a Python would."""

import os
import sys
from pathlib import Path

import pytest

from ci import interpreters
from ci.installer import EnvironmentProblem

MINOR = ".".join(map(str, sys.version_info[:2]))


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH has the folders ``first`` and ``second``, and which has an empty pyenv."""
    monkeypatch.setenv("PATH", f"{tmp_path}/first:{tmp_path}/second")
    monkeypatch.setenv("PYENV_ROOT", f"{tmp_path}/pyenv")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", f"{tmp_path}/uv")
    return tmp_path


def put(path: Path, version: str, *, implementation: str = "cpython") -> str:
    """An interpreter at ``path`` that says it is ``version``."""
    answer = "\\n".join([implementation, version, str(path), str(path.parent.parent), "True", "True"])
    return script(path, f"printf '{answer}\\n'")


def script(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_running_python_comes_first_even_from_an_environment() -> None:
    """The interpreter is the one that the environment was made from: that one outlives it."""
    found = interpreters.find(MINOR)
    assert found == getattr(sys, "_base_executable", sys.executable)


def test_program_of_that_name_on_path(machine: Path) -> None:
    assert interpreters.find("3.99") is None
    assert put(machine / "second/python3.99", "3.99.1") == interpreters.find("3.99")


def test_shim_that_fails_does_not_hide_a_later_program(machine: Path) -> None:
    script(machine / "first/python3.99", "echo 'pyenv: python3.99: command not found' >&2; exit 127")
    assert put(machine / "second/python3.99", "3.99.1") == interpreters.find("3.99")


def test_name_alone_proves_nothing(machine: Path) -> None:
    put(machine / "first/python3.99", "3.98.0")
    put(machine / "second/python3.99", "3.99.0", implementation="pypy")
    assert put(machine / "second/python3", "3.99.4") == interpreters.find("3.99")


def test_longer_version_is_another_version(machine: Path) -> None:
    put(machine / "first/python3", "3.99.10")
    assert interpreters.find("3.9") != str(machine / "first/python3")
    assert interpreters.find("3.99.1") is None
    assert interpreters.find("3.99.10") == str(machine / "first/python3")


def test_pyenv_newest_release_before_prereleases(machine: Path) -> None:
    names = ("3.99.0rc2", "3.99.0rc10", "3.99.9", "3.99.10", "3.99.11t", "pypy3.99-7.3.1", "3.98.20")
    pythons = {name: put(machine / f"pyenv/versions/{name}/bin/python", name.removesuffix("t")) for name in names}
    for expected in ("3.99.10", "3.99.9", "3.99.0rc10", "3.99.0rc2"):
        assert interpreters.find("3.99") == pythons[expected]
        os.unlink(pythons[expected])
    assert interpreters.find("3.99") is None


def test_uv_is_asked_for_its_own(machine: Path) -> None:
    python = put(machine / "uv/cpython-3.99.3/bin/python3.99", "3.99.3")
    script(machine / "first/uv", f'[ "$1" = --version ] || echo {python}')
    assert interpreters.find("3.99") == python


def test_fetch_says_what_was_tried_and_why_it_failed(machine: Path) -> None:
    script(machine / "first/uv", '[ "$1" = --version ] || { echo "error: connection refused"; exit 2; }')
    with pytest.raises(EnvironmentProblem) as problem:
        interpreters.fetch("3.99")
    assert str(problem.value) == (
        f"there is no Python 3.99 on this machine. Tried: this one ({'.'.join(map(str, sys.version_info[:3]))}); "
        f"python3.99, python3 and python on PATH; {machine}/pyenv/versions; the ones of uv. Then fetching Python 3.99 "
        "failed (uv, exit code 2): no network: the server can't be reached\n    error: connection refused\n"
        "Check the connection; behind a proxy set HTTPS_PROXY. For a package index of your own set PIP_INDEX_URL. "
        "Then run the same command again: it goes on from here."
    )
