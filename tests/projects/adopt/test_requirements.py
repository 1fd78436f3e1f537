"""Which packages a project lists, and which of its lists are for tests."""

from pathlib import Path

import pytest

from ci.projects.adopt.requirements import chosen_files, names_of, read_file
from ci.projects.adopt.tree import read_tree
from tests.projects.adopt.samples import surveyed
from tests.repository import Repository


def test_names_without_versions_extras_and_addresses() -> None:
    assert names_of(["Flask[async]>=3; python_version > '3'", "zope.interface", "x @ https://a/b.zip", "", "-e ."]) == {
        "flask", "zope-interface", "x",
    }


def test_a_file_with_all_that_it_includes(folder: Path) -> None:
    Repository.create(folder).commit({
        "requirements/dev.txt": "-r base.txt\r\n-c limits.txt  # oldest\r\n-r missing.txt\r\npytest \\\r\n  >=8\r\n",
        "requirements/base.txt": "-r dev.txt\n--index-url https://a.example\nflask\nhttps://b.example/x.zip\n",
        "requirements/limits.txt": "flask<4\n",
    })  # fmt: skip
    read = read_file(read_tree(folder, ""), "requirements/dev.txt")
    assert read.files == ("requirements/dev.txt", "requirements/base.txt", "requirements/limits.txt")
    assert read.packages == {"pytest", "flask"}


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        (["requirements.txt", "requirements-docs.txt", "requirements-prod.txt"], ["requirements.txt"]),
        (["requirements.txt", "requirements_dev.txt"], ["requirements.txt", "requirements_dev.txt"]),
        (["requirements.txt", "test-requirements.txt"], ["requirements.txt", "test-requirements.txt"]),
        (["requirements/base.txt", "requirements/tests.txt", "requirements/production.txt"],
         ["requirements/base.txt", "requirements/tests.txt"]),
        (["docs/requirements.txt", "notes.txt"], []),
    ],
)  # fmt: skip
def test_files_that_are_installed(files: list[str], chosen: list[str], folder: Path) -> None:
    Repository.create(folder).commit(dict.fromkeys(files, "flask\n"))
    assert [file.name for file in chosen_files(read_tree(folder, ""))] == chosen


def test_a_file_that_another_includes_is_not_installed_twice(folder: Path) -> None:
    Repository.create(folder).commit({"requirements.txt": "flask\n", "requirements-dev.txt": "-r requirements.txt\n"})
    assert [file.name for file in chosen_files(read_tree(folder, ""))] == ["requirements-dev.txt"]


PYPROJECT = "[project]\nname = 'shop'\n"
BUILD = "[build-system]\nrequires = ['setuptools']\n"
UV = """\
# uv sync, into the environment of the job
export UV_PROJECT_ENVIRONMENT="$(python -c 'import sys; print(sys.prefix)')"
python -m uv sync --frozen --inexact --python "$UV_PROJECT_ENVIRONMENT\""""


def tool_run(command: str) -> str:
    """A tool with environments of its own, told to use the job's."""
    return (
        f"# {command}, into the environment of the job\n"
        'export VIRTUAL_ENV="$(python -c \'import sys; print(sys.prefix)\')"\n'
        f"python -m uv tool run {command}"
    )


GET_UV = "python -m pip install uv"


@pytest.mark.parametrize(
    ("files", "steps"),
    [
        ({"requirements.txt": "flask\n"}, ["python -m pip install -r requirements.txt"]),
        ({"requirements.txt": "-e .[test]\n", "setup.py": "import setuptools; setuptools.setup()"},
         ["python -m pip install -r requirements.txt"]),
        ({"requirements.txt": "flask\n", "setup.py": "import setuptools; setuptools.setup()"},
         ["python -m pip install -r requirements.txt", "python -m pip install -e ."]),
        ({"setup.py": "import setuptools\nsetuptools.setup(extras_require={'dev': ['pytest'], 'docs': ['a']})"},
         ['python -m pip install -e ".[dev]"']),
        ({"pyproject.toml": PYPROJECT + "optional-dependencies = { tests = ['pytest'], docs = ['sphinx'] }\n" + BUILD},
         ['python -m pip install -e ".[tests]"']),
        ({"pyproject.toml": PYPROJECT + BUILD + "[dependency-groups]\ntest = ['pytest']\n"},
         ['python -m pip install "pip>=25.1"', "python -m pip install -e . --group test"]),
        ({"pyproject.toml": PYPROJECT + "[dependency-groups]\nchecks = ['ruff', 'pytest']\n"},
         [GET_UV, 'python -m uv pip install --python "$(command -v python)" -r pyproject.toml --group checks']),
        ({"pyproject.toml": PYPROJECT + "[dependency-groups]\ndev = ['pytest']\nlint = ['ruff']\n", "uv.lock": ""},
         [GET_UV, f"{UV} --group lint"]),
        ({"pyproject.toml": PYPROJECT + "[tool.uv]\nrequired-version = '>=0.5'\n", "uv.lock": ""},
         ["python -m pip install 'uv>=0.5'", UV]),
        ({"pyproject.toml": "[tool.poetry]\nname = 'x'\n[tool.poetry.group.test]\noptional = true\n"
          "[tool.poetry.group.test.dependencies]\npytest = '*'\n", "poetry.lock": ""},
         [GET_UV, tool_run("poetry install --no-interaction --with test")]),
        ({"pyproject.toml": PYPROJECT, "pdm.lock": ""}, [GET_UV, tool_run("pdm sync")]),
        ({"Pipfile": "[packages]\nflask = '*'\n", "Pipfile.lock": "{}"}, [GET_UV, tool_run("pipenv sync --dev")]),
        ({"app.py": ""}, []),
    ],
)  # fmt: skip
def test_how_packages_are_installed(files: dict[str, str], steps: list[str], folder: Path) -> None:
    assert list(surveyed(folder, files).install.steps) == steps
