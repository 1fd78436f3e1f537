"""Which linters and tests a project has, and the commands that run them."""

from pathlib import Path

import pytest

from tests.projects.adopt.samples import surveyed

TEST = "def test_x():\n    pass\n"
UNITTEST = "import unittest\n\n\nclass XTest(unittest.TestCase):\n    pass\n"
MANAGE = "import django\n"


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        ({"setup.cfg": "[flake8]\nmax-line-length = 100\n"}, ["python -m flake8 --extend-exclude=.venv"]),
        ({".flake8": "[flake8]\nexclude = .venv\n"}, ["python -m flake8"]),
        ({"requirements-dev.txt": "black\nisort\n"}, ["python -m black --check .", "python -m isort --check-only ."]),
        ({"ruff.toml": ""}, ["python -m ruff check ."]),
        ({"pyproject.toml": "[tool.ruff.format]\n"}, ["python -m ruff check .", "python -m ruff format --check ."]),
        ({"mypy.ini": "[mypy]\nfiles = src\n"}, ["python -m mypy"]),
        ({"mypy.ini": "[mypy]\nstrict = true\n", "shop/a.py": "", "tests/test_a.py": "", "setup.py": ""},
         ["python -m mypy shop"]),
        ({".pylintrc": "[MAIN]\n", "a b/c.py": ""}, ["python -m pylint 'a b'"]),
        ({"Makefile": "lint:\n\tflake8 src --max-line-length=90\n\tblack --check src\n\tblack src\n"},
         ["python -m black --check src", "python -m flake8 src --max-line-length=90 --extend-exclude=.venv"]),
        ({".gitlab-ci.yml": "lint:\n  script:\n    - poetry run ruff check --output-format=gitlab .\n"},
         ["python -m ruff check --output-format=gitlab ."]),
        ({"app.py": ""}, []),
    ],
)  # fmt: skip
def test_linters(files: dict[str, str], commands: list[str], folder: Path) -> None:
    assert [command for one in surveyed(folder, files).linters for command in one.commands] == commands


def test_settings_of_a_tool_that_ruff_replaced_are_named_and_not_used(folder: Path) -> None:
    found = surveyed(folder, {"pyproject.toml": "[tool.ruff]\n[tool.isort]\n", "requirements-dev.txt": "ruff\n"})
    assert [one.name for one in found.linters] == ["ruff check"]
    assert [remark.subject for remark in found.remarks] == ["isort (pyproject.toml)"]


def test_a_linter_that_nothing_installs_is_installed(folder: Path) -> None:
    found = surveyed(folder, {"requirements.txt": "flask\nblack\n", ".flake8": "[flake8]\n"})
    assert {one.name: one.requirements for one in found.linters} == {"black": (), "flake8": ("flake8",)}


HOOKS = """\
repos:
- repo: https://github.com/astral-sh/ruff-pre-commit
  rev: "v0.6.9"  # kept by a bot
  hooks:
  - id: ruff
    args:
    - --fix
    - --select=E
  - {id: ruff-format}
- repo: https://github.com/pre-commit/mirrors-mypy
  rev: v1.11.2
  hooks:
    - id: mypy
      exclude: ^docs/
      additional_dependencies: [types-requests, "pydantic>=2"]
"""


def test_hooks_of_pre_commit_are_run_at_their_versions(folder: Path) -> None:
    found = surveyed(folder, {".pre-commit-config.yaml": HOOKS, "shop.py": ""})
    assert [(one.commands, one.requirements) for one in found.linters] == [
        (("python -m ruff check --select=E .",), ("ruff==0.6.9",)),
        (("python -m ruff format --check .",), ("ruff==0.6.9",)),
        (("python -m mypy shop.py",), ("mypy==1.11.2", "types-requests", "pydantic>=2")),
    ]
    assert [remark.subject for remark in found.remarks] == ["hooks mypy"]


PYTEST = "python -m pytest --junitxml=reports/junit.xml"


@pytest.mark.parametrize(
    ("files", "commands", "requirements"),
    [
        ({"tests/test_a.py": TEST}, [PYTEST], ["pytest"]),
        ({"tests/test_a.py": TEST, "requirements.txt": "pytest\n"}, [PYTEST], []),
        ({"a/b/a_test.py": UNITTEST, "pytest.ini": "[pytest]\n"}, [PYTEST], ["pytest"]),
        ({"test_a.py": UNITTEST, "tox.ini": "[pytest]\naddopts = --cov=a -n 2\n"}, [PYTEST],
         ["pytest", "pytest-cov", "pytest-xdist"]),
        ({"test_a.py": TEST, "pyproject.toml": "[tool.pytest]\nasyncio_mode = 'auto'\n"}, [PYTEST],
         ["pytest", "pytest-asyncio"]),
        ({"tests/test_a.py": TEST, "Makefile": "test:\n\tpython -m pytest -x tests --junitxml=a.xml\n"},
         ["python -m pytest -x tests --junitxml=reports/junit.xml"], ["pytest"]),
        ({"tests/test_a.py": UNITTEST}, ["python -m unittest discover -s tests"], []),
        ({"tests/__init__.py": "", "tests/test_a.py": UNITTEST}, ["python -m unittest discover"], []),
        ({"src/a/__init__.py": "", "src/a/a_test.py": UNITTEST},
         ["python -m unittest discover -s src -p '*_test.py'"], []),
        ({"site/manage.py": MANAGE, "site/shop/tests.py": UNITTEST}, ["cd site && python manage.py test"], []),
        ({"manage.py": MANAGE, "shop/tests.py": UNITTEST, "setup.cfg": "[tool:pytest]\nDJANGO_SETTINGS_MODULE = a\n"},
         [PYTEST], ["pytest", "pytest-django"]),
    ],
)  # fmt: skip
def test_tests(files: dict[str, str], commands: list[str], requirements: list[str], folder: Path) -> None:
    tests = surveyed(folder, files).tests
    assert tests
    assert (list(tests.commands), list(tests.requirements)) == (commands, requirements)


def test_settings_of_pytest_without_tests_are_no_tests(folder: Path) -> None:
    assert surveyed(folder, {"pytest.ini": "[pytest]\n", "tests/__init__.py": "", "conftest.py": ""}).tests is None
