"""Which archive `ci deploy` takes: the one that is named, the one in `dist/`, or the one that the last run kept."""

import os
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

from ci import pack
from ci.deploy import archive
from ci.errors import UsageError
from ci.plan import Plan
from ci.runner import artifacts, checkout


def find(
    root: Path, plan: Plan, given: Path | None, *, environment: str | None, say: Callable[[str], None]
) -> Path:
    """The archive for a deployment to ``environment`` from the checkout ``root``; says where it is if not in `dist/`.

    What a run kept is taken if it is of the working tree as it stands. Raises UsageError, which says how to make or
    name one.
    """
    if given is not None and given.is_file():
        return given
    if given is not None:
        raise UsageError(f"there is no archive {given}; {_how_to_make(plan, root)}")
    if found := archive.in_folder(root):
        return _only(found, f"in {archive.FOLDER}/", environment)
    kept = artifacts.find_kept(root / "var" / "artifacts", f"{archive.FOLDER}/*.tar.gz")
    if not kept:
        raise UsageError(f"there is no archive in {archive.FOLDER}/; {_how_to_make(plan, root)}")
    now = checkout.working_tree(root)
    current = [one for one in kept if one.origin.snapshot == now]
    if not current:
        raise UsageError(
            f"there is no archive in {archive.FOLDER}/, and what the last run built is of "
            f"{kept[0].origin}, not of the working tree as it is; {_how_to_make(plan, root)}\n"
            f"to deploy that one: {_deploy(environment, kept[0].path)}"
        )
    chosen = _only([one.path for one in current], "of the last run", environment)
    say(f"deploying what the last run built, {os.path.relpath(chosen)}, of {current[0].origin}")
    return chosen


def _only(found: Sequence[Path], where: str, environment: str | None) -> Path:
    if len(found) > 1:
        calls = "".join(f"\n  {_deploy(environment, path)}" for path in found)
        raise UsageError(f"there are {len(found)} archives {where}; name the one to deploy:{calls}")
    return found[0]


def _deploy(environment: str | None, path: Path) -> str:
    words = ["ci", "deploy", *([environment] if environment else []), "--archive", os.path.relpath(path)]
    return shlex.join(words)


def _how_to_make(plan: Plan, root: Path) -> str:
    """The job that keeps such archives as artifacts makes one; where there is none, `ci build`."""
    example = f"{archive.FOLDER}/{_project(root)}-{'0' * 12}.tar.gz"
    for job in plan.jobs:
        patterns = [pattern for artifact in job.artifacts for pattern in artifact.paths]
        if any(re.fullmatch(pack.expression(pattern), example) for pattern in patterns):
            return f"make one with: ci run {job.group}"
    return "make one with: ci build PATH..."


def _project(root: Path) -> str:
    try:
        return archive.project_name(root)
    except UsageError:
        return "project"
