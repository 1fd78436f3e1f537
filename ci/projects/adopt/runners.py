"""How a project's own tests are run: by pytest, Django or unittest. (tox and nox: ``automation``.)"""

import posixpath
import re
from collections.abc import Iterable
from shlex import join, quote

from msgspec import Struct

from ci.projects.adopt.evidence import Evidence
from ci.projects.adopt.findings import Found
from ci.projects.adopt.settings import PYPROJECT, Settings
from ci.projects.adopt.tree import Tree

JUNIT = "reports/junit.xml"

#: Test files that are read for what they use; enough to know, also in a very large repository.
_MOST_READ = 200
_TEST_FILES = ("test_*.py", "*/test_*.py", "*_test.py", "*/tests.py", "tests.py", "*/tests/*.py", "tests/*.py")

_OF_PYTEST = re.compile(r"^(async )?def test_|^import pytest|^from pytest", re.MULTILINE)

#: What shows that a plugin of pytest is needed, in its options, its settings or a test.
_PLUGINS = {
    "pytest-cov": r"--(no-)?cov\b", "pytest-xdist": r"(^|\s)(-n[ =\d]|--numprocesses|--dist\b)",
    "pytest-timeout": r"--timeout\b|^timeout\b|mark\.timeout\b", "pytest-asyncio": r"asyncio_mode|mark\.asyncio\b",
    "pytest-django": r"(?i:DJANGO_SETTINGS_MODULE)|mark\.django_db\b", "pytest-mock": r"def test_\w*\([^)]*\bmocker\b",
    "pytest-benchmark": r"--benchmark-\w|def test_\w*\([^)]*\bbenchmark\b", "pytest-randomly": r"-p (no:)?randomly",
}


class Tests(Struct, frozen=True):
    """How tests are run: ``commands``, the packages that they need, the JUnit report that they write ("" for none)."""

    commands: tuple[str, ...]
    requirements: tuple[str, ...]
    junit: str
    found: Found


def read_tests(given: Evidence) -> Tests | None:
    """The runner of the project's tests; None if it has no tests."""
    files = given.tree.matching(*_TEST_FILES)
    if not any(posixpath.basename(file) not in ("__init__.py", "conftest.py") for file in files):
        return None
    texts = [given.tree.text(file) for file in files[:_MOST_READ]]
    if place := _pytest(given, texts):
        return _by_pytest(place, given, texts)
    if manage := manage_py(given.tree):
        command = in_folder(posixpath.dirname(manage), "python manage.py test")
        return Tests((command,), (), "", Found(manage, "Django's tests"))
    return Tests(tuple(_unittest(given.tree, files)), (), "", Found(files[0], "unittest"))


def manage_py(tree: Tree) -> str:
    """Django's manage.py that is nearest to the top; "" if there is none."""
    found = [file for file in tree.matching("manage.py", "*/manage.py") if "django" in tree.text(file).lower()]
    return min(found, key=lambda file: file.count("/"), default="")


def in_folder(folder: str, command: str) -> str:
    """``command`` with the folder as its working directory; "" is where it is anyway. A comment stays at the top."""
    if not folder:
        return command
    if "\n" not in command:
        return f"cd {quote(folder)} && {command}"
    head, _, rest = command.partition("\n")
    return f"{head}\ncd {quote(folder)}\n{rest}"


def _pytest(given: Evidence, texts: Iterable[str]) -> str:
    """The file that shows that pytest runs the tests; "" if none does."""
    if file := pytest_settings(given.settings)[0]:
        return file
    if calls := given.calls("pytest"):
        return calls[0].file
    if conftest := given.tree.matching("conftest.py", "*/conftest.py"):
        return conftest[0]
    if manage_py(given.tree):
        return "its packages" if "pytest-django" in given.packages else ""
    if "pytest" in given.packages:
        return "its packages"
    return "its tests" if any(_OF_PYTEST.search(text) for text in texts) else ""


def pytest_settings(settings: Settings) -> tuple[str, str]:
    """The file that configures pytest and its settings, one a line; "" and "" if there is none."""
    table = settings.table("tool", "pytest", "ini_options") or settings.table("tool", "pytest")
    if table:
        values = ((key, " ".join(map(str, one)) if isinstance(one, list) else one) for key, one in table.items())
        return PYPROJECT, "\n".join(f"{key} = {value}" for key, value in values)
    file, section = settings.section("pytest", "pytest.ini", ".pytest.ini", "tox.ini")
    if not file:
        file, section = settings.section("tool:pytest", "setup.cfg")
    return file, "\n".join(f"{key} = {value}" for key, value in section.items())


def _by_pytest(place: str, given: Evidence, texts: Iterable[str]) -> Tests:
    """With the arguments that the project's own CI gives it, where that is one call."""
    calls = given.calls("pytest")
    own = calls[0].arguments if len(calls) == 1 else ()
    words = [word for word in own if not word.startswith(("--junitxml", "--junit-xml"))]
    used = "\n".join((" ".join(words), pytest_settings(given.settings)[1], *texts))
    plugins = [name for name, sign in _PLUGINS.items() if re.search(sign, used, re.MULTILINE)]
    missing = tuple(name for name in ("pytest", *plugins) if name not in given.packages)
    command = join(["python", "-m", "pytest", *words, f"--junitxml={JUNIT}"])
    return Tests((command,), missing, JUNIT, Found(place, "pytest"))


def _unittest(tree: Tree, files: Iterable[str]) -> list[str]:
    """A command for each folder that tests are found from: the one above their outermost package."""
    starts: dict[str, str] = {}
    for file in files:
        name = posixpath.basename(file)
        if name.startswith("test") or name.endswith("_test.py"):
            pattern = "" if name.startswith("test") else " -p '*_test.py'"
            starts.setdefault(_above_packages(tree, posixpath.dirname(file)), pattern)
    options = [(f" -s {quote(start)}" if start else "") + pattern for start, pattern in starts.items()]
    return [f"python -m unittest discover{option}" for option in options]


def _above_packages(tree: Tree, folder: str) -> str:
    while folder and tree.has(f"{folder}/__init__.py"):
        folder = posixpath.dirname(folder)
    return folder
