"""Which Pythons the jobs get."""

from pathlib import Path

import pytest

from ci.projects.adopt.pythons import DEFAULT, SUPPORTED, Pythons, fits
from tests.projects.adopt.samples import surveyed


@pytest.mark.parametrize(
    ("required", "allowed"),
    [
        ("", ["3.9", "3.11", "3.12", "3.13"]),
        (">=3.11", ["3.11", "3.12", "3.13"]),
        (">=3.9, <3.13", ["3.9", "3.11", "3.12"]),
        (">3.11", ["3.12", "3.13"]),
        ("<=3.12.99", ["3.9", "3.11", "3.12"]),
        ("~=3.11", ["3.11", "3.12", "3.13"]),
        ("~=3.11.2", ["3.11"]),
        ("==3.12.*", ["3.12"]),
        ("3.12", ["3.12"]),
        (">=3.9,!=3.11.*", ["3.9", "3.12", "3.13"]),
        (">=3.9,!=3.11.2", ["3.9", "3.11", "3.12", "3.13"]),
        ("^3.11", ["3.11", "3.12", "3.13"]),
        ("~3.11", ["3.11"]),
        (">=3.11,<4.0", ["3.11", "3.12", "3.13"]),
    ],
)
def test_what_a_requirement_allows(required: str, allowed: list[str]) -> None:
    assert [version for version in ("3.9", "3.11", "3.12", "3.13") if fits(version, required)] == allowed


def classified(*versions: str) -> str:
    """The classifiers of a pyproject.toml."""
    lines = (f'"Programming Language :: Python :: {version}"' for version in ("3", *versions))
    return f"[project]\nname = 'x'\nclassifiers = [{', '.join(lines)}]\n"


WORKFLOW = ".github/workflows/test.yml"


@pytest.mark.parametrize(
    ("files", "pythons"),
    [
        ({"app.py": ""}, Pythons(DEFAULT)),
        ({"pyproject.toml": classified("3.11", "3.12")}, Pythons("3.12", ("3.11", "3.12"))),
        ({"pyproject.toml": classified("3.11", "3.12"), ".python-version": "3.11.4\n"},
         Pythons("3.11", ("3.11", "3.12"))),
        ({"pyproject.toml": "[project]\nrequires-python = '>=3.14'\n"}, Pythons("3.14")),
        ({"pyproject.toml": "[project]\nrequires-python = '>=3.8,<3.11'\n"}, Pythons("3.10")),
        ({"Dockerfile": "FROM --platform=$X docker.io/library/python:3.12-slim AS base\n"}, Pythons("3.12")),
        ({"Pipfile": "[requires]\npython_version = \"3.11\"\n"}, Pythons("3.11")),
        ({"tox.ini": "[tox]\nenvlist = py{39,311,313}\n"}, Pythons("3.13", ("3.11", "3.13"))),
        ({WORKFLOW: "strategy:\n  matrix:\n    python-version:\n      - '3.11'\n      - 3.12\n"},
         Pythons("3.12", ("3.11", "3.12"))),
        ({WORKFLOW: "with:\n  python-version: \"3.12\"\n"}, Pythons("3.12")),
    ],
)  # fmt: skip
def test_versions_of_the_jobs(files: dict[str, str], pythons: Pythons, folder: Path) -> None:
    assert surveyed(folder, files).pythons == pythons


def test_declared_versions_that_are_too_old_are_named(folder: Path) -> None:
    found = surveyed(folder, {"pyproject.toml": classified("3.9", "3.10", *SUPPORTED)})
    assert [remark.subject for remark in found.remarks] == ["Python 3.9, 3.10"]
