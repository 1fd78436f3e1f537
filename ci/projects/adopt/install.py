"""How a project's packages get into the environment of a job, on every engine: the one whose Python is ``python``.

Tools with an environment of their own (uv, Poetry, PDM, Pipenv) are told to take the job's. They are started by
``uv tool run``, so that their own packages don't mix with the project's.
"""

from collections.abc import Callable, Iterable, Mapping
from shlex import join, quote

from msgspec import Struct

from ci.projects.adopt.findings import Found
from ci.projects.adopt.requirements import FOR_TESTS, chosen_files, extras_of, groups_of, names_of
from ci.projects.adopt.settings import PYPROJECT, Settings, texts
from ci.projects.adopt.tree import Tree

#: Packages that a project is checked with, by whatever name its list of them goes.
CHECKERS = frozenset(("pytest", "flake8", "ruff", "black", "isort", "mypy", "pylint"))

_GET_UV = "python -m pip install uv"
_PREFIX = """"$(python -c 'import sys; print(sys.prefix)')\""""
_UV = f"""\
# uv sync, into the environment of the job
export UV_PROJECT_ENVIRONMENT={_PREFIX}
python -m uv sync --frozen --inexact --python "$UV_PROJECT_ENVIRONMENT\""""
_TOOL = f"""\
# {{0}}, into the environment of the job
export VIRTUAL_ENV={_PREFIX}
python -m uv tool run {{0}}"""


class Install(Struct, frozen=True):
    """``steps`` are the commands, ``packages`` the names of what they install as far as files list them.

    A cache of ``cache_folder`` is good until one of ``key_files`` changes. ``found`` says where this comes from.
    """

    steps: tuple[str, ...] = ()
    packages: frozenset[str] = frozenset()
    cache_folder: str = "~/.cache/pip"
    key_files: tuple[str, ...] = ()
    found: tuple[Found, ...] = ()


class Choice(Struct, frozen=True):
    """The groups and extras that hold what the project is checked with, and every package that comes with them."""

    groups: tuple[str, ...]
    extras: tuple[str, ...]
    packages: frozenset[str]


def read_install(tree: Tree, settings: Settings) -> Install:
    """How the project is installed: by its lock if it has one, else by its requirements, itself included."""
    choice = _choice(settings)
    readers: Mapping[str, Callable[[Tree, Settings, Choice], Install]] = {
        "uv.lock": _with_uv, "poetry.lock": _with_poetry, "pdm.lock": _with_pdm, "Pipfile.lock": _with_pipenv,
    }
    for lock, reader in readers.items():
        if tree.has(lock):
            return reader(tree, settings, choice)
    if settings.has_table("tool", "poetry", "dependencies"):
        return _with_poetry(tree, settings, choice)
    return _with_pip(tree, settings, choice)


def _choice(settings: Settings) -> Choice:
    groups, extras = groups_of(settings), extras_of(settings)
    chosen = [_for_tests(found) for found in (groups, extras)]
    main = names_of(texts(settings.table("project").get("dependencies")))
    main |= names_of(texts(settings.setup.get("install_requires")))
    main |= names_of(settings.section("options", "setup.cfg")[1].get("install_requires", "").splitlines())
    parts = (found[name] for found, names in zip((groups, extras), chosen, strict=True) for name in names)
    return Choice(chosen[0], chosen[1], main.union(*parts))


def _for_tests(found: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Those that are named for it, and others for the checkers that they lack; none that a larger one holds whole."""
    chosen = {name: own for name, own in found.items() if FOR_TESTS.fullmatch(name)}
    for name, own in found.items():
        if own & CHECKERS - frozenset().union(*chosen.values()):
            chosen[name] = own
    return tuple(name for name, own in chosen.items() if not any(own < other for other in chosen.values()))


def _with_uv(tree: Tree, settings: Settings, choice: Choice) -> Install:
    by_default = texts(settings.table("tool", "uv").get("default-groups", ["dev"]))
    groups = [f"--group {quote(name)}" for name in choice.groups if name not in by_default]
    options = [*groups, *(f"--extra {quote(name)}" for name in choice.extras)]
    groups_by_default = [own for name, own in groups_of(settings).items() if name in by_default]
    old = names_of(texts(settings.table("tool", "uv").get("dev-dependencies")))
    packages = choice.packages.union(*groups_by_default, old)
    return Install(
        (_get_uv(settings), " ".join([_UV, *options])), packages, "~/.cache/uv", ("uv.lock",),
        (Found("uv.lock", _said("packages, installed by uv", choice)),),
    )


def _get_uv(settings: Settings) -> str:
    required = settings.text("tool", "uv", "required-version")
    wanted = required if not required or required[0] in "<>=~!" else f"=={required}"
    return join(["python", "-m", "pip", "install", f"uv{wanted}"])


def _with_poetry(tree: Tree, settings: Settings, choice: Choice) -> Install:
    poetry = settings.table("tool", "poetry")
    groups = settings.table("tool", "poetry", "group")
    listed = {name: names_of(settings.table("tool", "poetry", "group", name, "dependencies")) for name in groups}
    optional = [name for name in groups if settings.table("tool", "poetry", "group", name).get("optional")]
    wanted = [name for name in _for_tests(listed) if name in optional]
    options = [*(f"--with {quote(name)}" for name in wanted), *(f"--extras {quote(name)}" for name in choice.extras)]
    own = [one for name, one in listed.items() if name not in optional or name in wanted]
    packages = choice.packages.union(*own, names_of(settings.table("tool", "poetry", "dependencies")))
    packages |= names_of(settings.table("tool", "poetry", "dev-dependencies"))
    if "package-mode" not in poetry and not (poetry.get("name") or settings.text("project", "name")):
        options.append("--no-root")
    command = " ".join(["poetry install --no-interaction", *options])
    file = "poetry.lock" if tree.has("poetry.lock") else PYPROJECT
    return Install(
        (_GET_UV, _TOOL.format(command)), packages, "~/.cache/pypoetry", (file,),
        (Found(file, "packages, installed by Poetry"),),
    )


def _with_pdm(tree: Tree, settings: Settings, choice: Choice) -> Install:
    old = settings.table("tool", "pdm", "dev-dependencies")
    packages = choice.packages.union(*(names_of(texts(entries)) for entries in old.values()))
    command = " ".join(["pdm sync", *(f"--group {quote(name)}" for name in choice.extras)])
    return Install(
        (_GET_UV, _TOOL.format(command)), packages, "~/.cache/pdm", ("pdm.lock",),
        (Found("pdm.lock", "packages, installed by PDM"),),
    )


def _with_pipenv(tree: Tree, settings: Settings, choice: Choice) -> Install:
    from ci.projects.adopt.settings import read_toml

    pipfile = read_toml(tree, "Pipfile")[0]
    packages = names_of([*pipfile.get("packages", ()), *pipfile.get("dev-packages", ())])
    return Install(
        (_GET_UV, _TOOL.format("pipenv sync --dev")), packages, "~/.cache/pipenv", ("Pipfile.lock",),
        (Found("Pipfile.lock", "packages, installed by Pipenv"),),
    )


def _with_pip(tree: Tree, settings: Settings, choice: Choice) -> Install:
    files = chosen_files(tree)
    words = [word for file in files for word in ("-r", file.name)]
    found = [Found(file.name, "packages, installed by pip") for file in files]
    steps = [join(["python", "-m", "pip", "install", *words])] if words else []
    packages = frozenset[str]().union(*(file.packages for file in files))
    keys = tuple(name for file in files for name in file.files)
    if any(file.installs_project for file in files):
        return Install(tuple(steps), packages | choice.packages, key_files=keys, found=tuple(found))
    own = next((name for name in (PYPROJECT, "setup.py", "setup.cfg") if _installs(tree, settings, name)), "")
    if own:
        steps += _of_project(settings, choice, is_package=tree.has("setup.py") or settings.has_table("build-system"))
        found.append(Found(own, _said("the project itself, installed by pip", choice)))
        packages |= choice.packages
    return Install(tuple(steps), packages, key_files=keys or ((own,) if own else ()), found=tuple(found))


def _installs(tree: Tree, settings: Settings, name: str) -> bool:
    if name == PYPROJECT:
        return settings.has_table("project") or settings.has_table("dependency-groups") and not chosen_files(tree)
    if name == "setup.cfg":
        return bool(settings.section("metadata", name)[0]) and settings.has_table("build-system")
    return tree.has(name)


def _of_project(settings: Settings, choice: Choice, *, is_package: bool) -> list[str]:
    """An application that is no package has its requirements in pyproject.toml, which uv reads and pip doesn't."""
    groups = [word for name in choice.groups for word in ("--group", name)]
    if not is_package:
        extras = [word for name in choice.extras for word in ("--extra", name)]
        return [_GET_UV, 'python -m uv pip install --python "$(command -v python)" '
                + join(["-r", PYPROJECT, *extras, *groups])]
    target = f".[{','.join(choice.extras)}]" if choice.extras else "."
    upgrade = ['python -m pip install "pip>=25.1"'] if groups else []  # the first that knows groups
    quoted = f'"{target}"' if choice.extras else target
    return [*upgrade, " ".join(["python -m pip install -e", quoted, *map(quote, groups)])]


def _said(what: str, choice: Choice) -> str:
    def listed(kind: str, names: Iterable[str]) -> str:
        return "".join(f", {kind} {name}" for name in names)

    return what + listed("group", choice.groups) + listed("extra", choice.extras)
