"""`ci new`: a small project, in a folder of its own or, with ``--here``, in place of a fork of the tool's home."""

import os
from pathlib import Path

from ci.distribution import contents
from ci.errors import UsageError
from ci.process import git
from ci.projects import changes, home, template, tool
from ci.projects.changes import Changes
from ci.projects.choices import Choices


def in_folder(folder: Path, choices: Choices) -> Changes:
    """A new project in ``folder``, which is not there yet, or empty but for a repository. Raises UsageError."""
    if os.path.lexists(folder) and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder that is empty, or not there yet")
    there = sorted(entry.name for entry in folder.iterdir() if entry.name != ".git") if folder.exists() else []
    if there:
        shown = ", ".join(there[:5]) + (" ..." if len(there) > 5 else "")
        raise UsageError(
            f"{folder} holds files already ({shown}): name another folder. In a project that exists, `ci adopt` adds "
            "the tool; a fork of the template becomes a project with `ci new --here`"
        )
    left_out = changes.ignored(contents.source(), *contents.SAMPLE)
    return Changes(folder, template.tree(choices, tool.running(), sample=contents.sample(without=left_out)))


def here(root: Path, choices: Choices, *, force: bool = False) -> Changes:
    """The fork at ``root`` as a project: what is the tool's goes, the app stays as the fork has it.

    Raises UsageError if this is no fork of the tool's home, if it lacks the lock of the app, or git could not undo the
    changes (unless ``force``).
    """
    tracked = changes.tracked(root)
    if not home.is_one(tracked):
        raise UsageError(
            f"{root} is no fork of the template: `ci new DIRECTORY` makes a new project, and `ci adopt` adds the tool "
            "to one that exists"
        )
    changes.refuse_dirty(root, force=force)
    sample = contents.sample(root, without=changes.ignored(root, *contents.SAMPLE))
    if template.APP_LOCK not in sample:
        raise UsageError(
            f"{template.APP_LOCK} is missing, which says what the app runs with: make it with `sh ci/lock.sh`, or take "
            "it from an older commit, then commit it"
        )
    files = template.tree(choices, tool.running(), sample=sample, packages=home.packages(root))
    removed = (path for path in tracked if path not in files and home.is_the_tools(path, choices))
    return Changes(root, files, frozenset(removed))


def missing(root: Path, choices: Choices) -> list[str]:
    """What the definition of a project names, and the one at ``root`` has not: its fork renamed or removed it."""
    wanted = (name for name in contents.SAMPLE if template.is_wanted(name, choices))
    return [name for name in wanted if not (root / name).exists()]


def start_repository(folder: Path, branch: str) -> None:
    """Make ``folder`` the top of a git repository whose first branch is ``branch``, unless it is one.

    Inside of another repository too: a pipeline is that of a whole one.
    """
    if not (folder / ".git").exists():
        git("init", "--quiet", f"--initial-branch={branch}", cwd=folder)
