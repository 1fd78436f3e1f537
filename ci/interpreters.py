"""Where the Python of a wanted version is on this machine. Nothing is remembered: machines change.

Standard library only.
"""

import os
import re
import sys
from typing import NamedTuple

from ci import installer
from ci.installer import EnvironmentProblem
from ci.progress import run

#: Prints what an interpreter is, one fact per line; the path is its own, also behind a shim.
PROBE = """
import importlib.util, os, sys, sysconfig
print(sys.implementation.name)
print("%d.%d.%d" % sys.version_info[:3])
print(getattr(sys, "_base_executable", None) or sys.executable)
print(os.path.realpath(sys.prefix))
print(os.path.isdir(sysconfig.get_path("purelib")))
print(importlib.util.find_spec("pip") is not None)
"""

#: A folder of pyenv: final releases and pre-releases of CPython, no other builds ("3.13.0t", "pypy3.10-7.3.17").
PYENV_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(a|b|rc)(\d+))?")


class Interpreter(NamedTuple):
    """What an interpreter says of itself. ``path`` is the one a virtual environment was made from."""

    implementation: str
    version: str
    path: str
    prefix: str
    has_packages: bool
    has_pip: bool

    @property
    def minor(self) -> str:
        """The version without its last number: "3.12"."""
        return self.version.rpartition(".")[0]


def probe(python: str) -> Interpreter | None:
    """Ask the interpreter at the path ``python`` what it is; None if it doesn't start."""
    result = run("looking at Python", [python, "-I", "-c", PROBE], installer.pip_settings())
    lines = result.output.splitlines()
    if result.code or len(lines) != 6:
        return None
    implementation, version, path, prefix, has_packages, has_pip = lines
    return Interpreter(implementation, version, path, prefix, has_packages == "True", has_pip == "True")


def find(version: str) -> str | None:
    """The path of a CPython ``version`` ("3.12" or "3.12.1") on this machine, which starts; None if there is none.

    Tried in this order: the running one, PATH, pyenv's folder (newest first, pre-releases last), the ones uv has.
    """
    for python in dict.fromkeys([sys.executable, *_on_path(version), *_of_pyenv(version)]):
        if path := _path_if(python, version):
            return path
    return _of_uv(version)


def fetch(version: str) -> str:
    """Download ``version`` with uv; its path. Raises EnvironmentProblem, which says what was tried."""
    uv = installer.find_uv(sys.prefix)
    if uv is None:
        raise EnvironmentProblem(f"{_not_found(version)} Install it, or install uv, which can fetch it.")
    step = f"fetching Python {version}"
    result = run(step, [uv, "python", "install", "--no-bin", version], installer.uv_settings())
    if result.code:
        failure = installer.ToolFailed(step, "uv", result.code, result.output)
        raise EnvironmentProblem(f"{_not_found(version)} Then {failure}")
    python = _of_uv(version)
    if python is None:
        raise EnvironmentProblem(f"the Python {version} that uv fetched does not start here: install one that does.")
    return python


def _not_found(version: str) -> str:
    return (
        f"there is no Python {version} on this machine. Tried: this one ({sys.version.split()[0]}); python{version}, "
        f"python3 and python on PATH; {_pyenv_folder()}; the ones of uv."
    )


def _path_if(python: str, version: str) -> str | None:
    """The own path of the interpreter ``python`` if it starts and is a CPython ``version``."""
    found = probe(python)
    fits = found and found.implementation == "cpython" and f"{found.version}.".startswith(f"{version}.")
    return found.path if found and fits else None


def _on_path(version: str) -> list[str]:
    """Every program on PATH that may be it: a shim that comes first can fail where a later one works."""
    minor = ".".join(version.split(".")[:2])
    folders = [folder for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    paths = [os.path.join(folder, name) for name in (f"python{minor}", "python3", "python") for folder in folders]
    return [path for path in paths if os.access(path, os.X_OK)]


def _pyenv_folder() -> str:
    return os.path.join(os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv"), "versions")


def _of_pyenv(version: str) -> list[str]:
    try:
        names = os.listdir(_pyenv_folder())
    except OSError:
        return []
    fitting = [name for name in names if PYENV_VERSION.fullmatch(name) and f"{name}.".startswith(f"{version}.")]
    return [os.path.join(_pyenv_folder(), name, "bin", "python") for name in sorted(fitting, key=_age, reverse=True)]


def _age(name: str) -> tuple[bool, int, str, int]:
    """A key that sorts pre-releases of a version before its releases, and each by number."""
    match = PYENV_VERSION.fullmatch(name)
    assert match
    _major, _minor, patch, stage, number = match.groups()
    return stage is None, int(patch), stage or "", int(number or 0)


def _of_uv(version: str) -> str | None:
    uv = installer.find_uv(sys.prefix)
    if uv is None:
        return None
    options = ["--managed-python", "--no-python-downloads", "--offline", "--no-project"]
    result = run("looking at Python", [uv, "python", "find", *options, version], installer.uv_settings())
    return _path_if(result.output.strip(), version) if result.code == 0 else None
