"""The linters and formatters that a project is checked with, and the commands that check without changing a file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from shlex import join

from msgspec import Struct

from ci.projects.adopt import pre_commit
from ci.projects.adopt.evidence import Evidence
from ci.projects.adopt.findings import Found, Remark
from ci.projects.adopt.pre_commit import Hook
from ci.projects.adopt.settings import PYPROJECT, Settings
from ci.projects.adopt.tree import Tree
from ci.projects.adopt.written_commands import Written

#: The checks in the order in which they run, quick ones first, and the ids of the pre-commit hooks that are them.
HOOKS: Mapping[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "ruff-check"), "ruff format": ("ruff-format",), "black": ("black", "black-jupyter"),
    "isort": ("isort",), "flake8": ("flake8",), "pylint": ("pylint",), "mypy": ("mypy",),
}
#: What each of them does by itself with ruff, so that settings alone may be left over.
_IN_RUFF = ("black", "isort", "flake8", "pylint")
_CONFIGURED = {
    "ruff check": ("ruff.toml", ".ruff.toml"), "flake8": (".flake8",), "mypy": ("mypy.ini", ".mypy.ini"),
    "isort": (".isort.cfg",), "pylint": (".pylintrc", "pylintrc"),
}
_OTHERS = (
    "autopep8", "bandit", "basedpyright", "codespell", "djlint", "interrogate", "pycodestyle", "pydocstyle", "pyflakes",
    "pyright", "pyupgrade", "ty", "vulture", "yapf",
)
_BESIDE_THE_CODE = re.compile(
    r"tests?|testing|docs?|examples?|benchmarks?|(setup|noxfile|conftest|tasks)\.py|test_.*|.*_test\.py"
)
_CHANGING = ("--fix", "--exit-non-zero-on-fix", "--show-fixes", "--unsafe-fixes", "--filter-files", "--in-place")
_WITHOUT_CHANGES = {"ruff format": ("--check", "--diff"), "black": ("--check",),
                    "isort": ("--check", "--check-only", "-c")}


class Linter(Struct, frozen=True):
    """A check. ``commands`` run it, ``requirements`` have to be installed for it beside what the project lists."""

    name: str
    commands: tuple[str, ...]
    requirements: tuple[str, ...]
    found: Found

    @property
    def needs_project(self) -> bool:
        """Whether it looks at the packages that the code imports."""
        return self.name in ("mypy", "pylint")


def read_linters(given: Evidence) -> tuple[tuple[Linter, ...], tuple[Remark, ...]]:
    """The checks in use, and what of the project's checks is none of them."""
    places = {name: _where(name, given) for name in HOOKS}
    stale = [name for name in _IN_RUFF if places["ruff check"] and places[name] and _is_only_configured(name, given)]
    linters = tuple(_linter(name, place, given) for name, place in places.items() if place and name not in stale)
    return linters, (*_stale(stale, places), *_other_hooks(given.hooks), *_others(given.packages))


def _where(name: str, given: Evidence) -> str:
    """The file that shows it is in use; "" if none does."""
    if given.hook(*HOOKS[name]):
        return pre_commit.FILE
    if calls := given.calls(name):
        return calls[0].file
    tool, settings = name.partition(" ")[0], given.settings
    if name == "ruff format":
        return PYPROJECT if settings.has_table("tool", "ruff", "format") else ""
    if settings.has_table("tool", tool):
        return PYPROJECT
    files = _CONFIGURED.get(name, ())
    section = settings.section(tool, "setup.cfg", "tox.ini", *files)[0]
    return section or next(filter(given.tree.has, files), "") or ("its packages" if tool in given.packages else "")


def _is_only_configured(name: str, given: Evidence) -> bool:
    return name not in given.packages and not given.hook(*HOOKS[name]) and not given.calls(name)


def _linter(name: str, place: str, given: Evidence) -> Linter:
    hook, tool = given.hook(*HOOKS[name]), name.partition(" ")[0]
    calls = [one.arguments for one in given.calls(name) if _only_checks(one)]
    if not calls:
        own = [word for word in hook.arguments if word not in _CHANGING] if hook else []
        calls = [(*own, *(word for word in _by_default(name, given) if word not in own))]
    module = ["python", "-m", *name.split()]
    commands = tuple(join([*module, *_outside_of_venv(name, words, given.settings)]) for words in calls)
    return Linter(name, commands, () if tool in given.packages else _requirements(tool, hook), Found(place, name))


def _only_checks(one: Written) -> bool:
    wanted = _WITHOUT_CHANGES.get(one.tool)
    return not set(one.arguments) & set(_CHANGING) and (wanted is None or any(word in one.arguments for word in wanted))


def _by_default(name: str, given: Evidence) -> tuple[str, ...]:
    if name in ("ruff format", "black", "isort"):
        return _WITHOUT_CHANGES[name][1 if name == "isort" else 0], "."
    if name == "ruff check":
        return (".",)
    if name == "flake8":
        return ()
    ini = given.settings.section("mypy", "mypy.ini", ".mypy.ini", "setup.cfg")[1]
    mypy = {**ini, **given.settings.table("tool", "mypy")}
    if name == "mypy" and any(key in mypy for key in ("files", "packages", "modules")):
        return ()
    return code_paths(given.tree) or (".",)


def code_paths(tree: Tree) -> tuple[str, ...]:
    """What holds the project's own code: not tests, documentation and set-up."""
    paths = tree.python_paths
    return ("src",) if "src" in paths else tuple(path for path in paths if not _BESIDE_THE_CODE.fullmatch(path))


def _outside_of_venv(name: str, words: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """An engine may keep the job's environment in the checkout, where flake8 alone would look into it."""
    own = settings.section("flake8", "setup.cfg", "tox.ini", ".flake8")[1]
    if name != "flake8" or ".venv" in own.get("exclude", "") + own.get("extend-exclude", ""):
        return words
    return (*words, "--extend-exclude=.venv")


def _requirements(tool: str, hook: Hook | None) -> tuple[str, ...]:
    """The version that pre-commit pins, with what it adds; else the newest."""
    if hook is None:
        return (tool,)
    pinned = f"{tool}=={hook.version}" if re.fullmatch(r"\d+(\.\d+)+\w*", hook.version) else tool
    return (pinned, *hook.needs)


def _stale(names: Iterable[str], places: Mapping[str, str]) -> Iterator[Remark]:
    for name in names:
        reason = "has settings, but nothing installs or runs it, and ruff does the same"
        advice = f"remove the settings, or add `python -m {name}` to stage lint"
        yield Remark(f"{name} ({places[name]})", reason, advice)


def _other_hooks(hooks: tuple[Hook, ...]) -> Iterator[Remark]:
    known = {id for ids in HOOKS.values() for id in ids}
    others = dict.fromkeys(hook.id for hook in hooks if hook.id not in known)
    if others:
        advice = "to run them too, add `python -m pre_commit run --all-files` to lint, and pre-commit to its setup"
        yield Remark(f"hooks {', '.join(others)}", "pre-commit keeps them in repositories of its own", advice)
    filtered = [hook.id for hook in hooks if hook.id in known and hook.is_filtered]
    if filtered:
        reason = f"`files` or `exclude` of {pre_commit.FILE} are pre-commit's alone"
        yield Remark(f"hooks {', '.join(filtered)}", reason, "say the same in the settings of the tool itself")


def _others(packages: frozenset[str]) -> Iterator[Remark]:
    for name in sorted(packages.intersection(_OTHERS)):
        yield Remark(name, "is among the packages, but how it is called is not known", "add its command to stage lint")
