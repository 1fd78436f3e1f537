"""Where an adoption takes place: the repository, the project in it, its default branch; and where none can."""

from pathlib import Path

from ci.errors import UsageError
from ci.process import git, run
from ci.projects import home, tool
from ci.projects.adopt.tree import Tree, read_tree
from ci.projects.template import DEFINITION
from ci.runner.snapshot import open_repository

#: A folder with one of these at its top is a project.
_MARKS = ("pyproject.toml", "setup.py", "setup.cfg", "manage.py", "Pipfile", "tox.ini", "noxfile.py")
_MOST_NAMED = 5


def project_at(here: Path, *, force: bool) -> Tree:
    """The project around the folder ``here``, which may be a part of its repository.

    Raises UsageError where there is no repository with a commit, no project, or no room for the tool; with ``force``
    an earlier adoption is no obstacle.
    """
    shown = run(["git", "rev-parse", "--show-toplevel"], cwd=here, check=False).stdout.rstrip("\n")
    top = open_repository(Path(shown) if shown else here).root
    whole = read_tree(top, "")
    _refuse_taken(top, force=force)
    folder = here.resolve().relative_to(top.resolve())
    around = [folder, *folder.parents]
    found = next((one for one in around if _is_project(whole, "" if one == Path() else f"{one.as_posix()}/")), None)
    if found is None:
        raise UsageError(_no_project(whole))
    return whole if found == Path() else read_tree(top, found.as_posix())


def _is_project(whole: Tree, prefix: str) -> bool:
    names = [file.removeprefix(prefix) for file in whole.files if file.startswith(prefix)]
    top = [name for name in names if "/" not in name]
    is_app = any(name.endswith(".py") for name in top) if not prefix else False
    return is_app or any(name in _MARKS or name.startswith("requirements") and name.endswith(".txt") for name in top)


def _no_project(whole: Tree) -> str:
    folders = sorted({file.rpartition("/")[0] for file in whole.matching(*(f"*/{mark}" for mark in _MARKS))})
    if not folders:
        return (
            "there is no Python project here: no pyproject.toml, setup.py, requirements.txt or module is among the "
            "files that git knows. Add them with `git add`, or make a new project: ci new DIRECTORY"
        )
    more = f" and {len(folders) - _MOST_NAMED} more" if len(folders) > _MOST_NAMED else ""
    return (
        f"the top folder is no Python project, but there are some below it: {', '.join(folders[:_MOST_NAMED])}{more}\n"
        f"go into the one that the pipeline is for, then adopt: cd {folders[0]} && ci adopt"
    )


def _refuse_taken(top: Path, *, force: bool) -> None:
    """The tool's files stand in ``ci/`` of the top folder, whichever folder the project is in."""
    whole = set(git("ls-files", "-z", cwd=top).split("\0"))
    if home.is_one(whole):
        raise UsageError("this is the template, or a fork of it, which has the tool: ci new --here makes it a project")
    if taken := {"ci/__init__.py", "ci.py"} & whole:
        raise UsageError(
            f"{taken.pop()} makes `ci` a Python package of this project, and the tool is started by that name "
            "(python3 -m ci): rename it, then adopt again"
        )
    start, lock = top / tool.START, top / tool.OWN_LOCK
    for path in (start, lock):
        if path.exists() and b"pipeline-everywhere" not in path.read_bytes():
            name = path.relative_to(top)
            raise UsageError(f"{name} is the project's own, and the tool needs that name: move it away")
    if (top / DEFINITION).exists() and not force:
        raise UsageError(
            f"{DEFINITION} is here already: this project has a pipeline. `ci update` brings a newer tool; another "
            "project of the same repository gets stages of its own in that file; --force writes it anew"
        )


def default_branch(top: Path) -> str:
    """The default branch of origin, else the current branch, else main."""
    for words in (("refs/remotes/origin/HEAD",), ("HEAD",)):
        found = run(["git", "symbolic-ref", "--quiet", "--short", *words], cwd=top, check=False)
        if found.exit_code == 0:
            return found.stdout.strip().removeprefix("origin/")
    return "main"
