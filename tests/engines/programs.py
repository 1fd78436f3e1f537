"""Programs that only some tests need: a missing one skips the test, or fails it where everything must run."""

import importlib
import os
import shutil
from types import ModuleType

import pytest


def need(program: str) -> str:
    """The path of a program on PATH. Without it the test is skipped, or fails if CI_REQUIRE_ENGINES is set."""
    found = shutil.which(program)
    if found is None:
        _missing(f"the program {program!r} is not installed")
    return str(found)


def need_module(name: str) -> ModuleType:
    """An importable package, under the same rule."""
    try:
        return importlib.import_module(name)
    except ImportError:
        _missing(f"the Python package {name!r} is not installed")
        raise


def require(missing: str, what: str) -> None:
    """Go on where nothing is missing; under the same rule."""
    if missing:
        _missing(what)


def _missing(what: str) -> None:
    if os.environ.get("CI_REQUIRE_ENGINES"):
        pytest.fail(f"{what}, and CI_REQUIRE_ENGINES is set")
    pytest.skip(f"{what}; .ci/run installs it")
