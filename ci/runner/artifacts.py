"""Artifacts: files that a job leaves for later jobs, kept by name, put back at their old paths."""

import os
import re
import shutil
from collections.abc import Iterator, Set
from pathlib import Path

import msgspec
from msgspec import Struct

from ci import pack
from ci.errors import CiError
from ci.plan import Artifact, Plan
from ci.runner.run_folder import locked, remove


class FilesMissing(CiError):
    """A job didn't leave an artifact that it promises, or needs one that nobody made."""


class Origin(Struct, frozen=True):
    """Where an artifact of an earlier run comes from. ``snapshot`` is the commit that was checked out."""

    commit: str
    dirty: bool
    snapshot: str = ""

    def __str__(self) -> str:
        return f"commit {self.commit[:10]}{' with changes' if self.dirty else ''}"


class Kept(Struct, frozen=True):
    """A file of an earlier run."""

    path: Path
    origin: Origin


def collect(artifact: Artifact, checkout: Path, folder: Path) -> None:
    """Copy an artifact's files to ``folder``, at their paths in the checkout.

    Raises FilesMissing if one of its patterns names no file.
    """
    for pattern in artifact.paths:
        found = list(matching(pattern, checkout))
        if not found:
            raise FilesMissing(f"artifact {artifact.name}: no file is called {pattern} (hidden files are left out)")
        for path in found:
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(checkout / path, folder / path)


def matching(pattern: str, checkout: Path) -> Iterator[Path]:
    """The files that a pattern names, relative to the checkout; a folder stands for all that is in it.

    ``*`` and ``?`` stay within a folder, ``**`` crosses them; hidden files and folders are left out, as on GitHub.
    """
    expression = re.compile(pack.expression(pattern), re.DOTALL)
    for folder, folders, files in os.walk(checkout):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in files if not name.startswith(".")):
            path = (Path(folder) / name).relative_to(checkout)
            if expression.fullmatch(str(path)) and (checkout / path).is_file():
                yield path


def find_kept(kept: Path, pattern: str) -> list[Kept]:
    """The files that ``pattern`` names among the newest artifacts of all runs, which are in the folder ``kept``."""
    if not kept.is_dir():
        return []
    with locked(kept):
        return [
            Kept(folder / path, _origin(kept, folder.name))
            for folder in sorted(kept.iterdir()) if folder.is_dir() for path in matching(pattern, folder)
        ]


def _origin(kept: Path, name: str) -> Origin:
    return msgspec.json.decode(_origin_file(kept, name).read_bytes(), type=Origin)


def _origin_file(kept: Path, name: str) -> Path:
    return kept / f".{name}.json"


class ArtifactStore:
    """Artifacts of this run, in ``this_run``, and in ``kept`` the newest ones of all runs.

    Those of earlier runs are for jobs that are run without the job that makes their input; ``jobs`` are the slugs
    of the jobs that are run. With ``publish`` off no later run takes what this one makes.
    """

    def __init__(
        self, plan: Plan, jobs: Set[str], *, this_run: Path, kept: Path, origin: Origin, publish: bool = True
    ) -> None:
        self._this_run, self._kept, self._origin = this_run, kept, origin
        self._makers = {artifact.name: job.slug for job in plan.jobs for artifact in job.artifacts}
        self._jobs, self._publishes = jobs, publish
        self._made: set[str] = set()
        kept.mkdir(parents=True, exist_ok=True)

    def add(self, artifacts: tuple[Artifact, ...], checkout: Path) -> None:
        """Keep the artifacts of a job that succeeded, all or none. Raises FilesMissing."""
        for artifact in artifacts:
            collect(artifact, checkout, self._this_run / artifact.name)
        for artifact in artifacts:
            self._made.add(artifact.name)
            if self._publishes:
                self._publish(artifact)

    def _publish(self, artifact: Artifact) -> None:
        """Make an artifact of this run the newest one. Hard links will do: nobody writes to either copy."""
        new = self._this_run / f".{artifact.name}"
        shutil.copytree(self._this_run / artifact.name, new, copy_function=os.link)
        with locked(self._kept):
            remove(self._kept / artifact.name)
            new.rename(self._kept / artifact.name)
            _origin_file(self._kept, artifact.name).write_bytes(msgspec.json.encode(self._origin))

    def put_back(self, artifact: Artifact, checkout: Path) -> Origin | None:
        """Put an artifact's files at their old paths; returns where they are from if not from this run.

        Raises FilesMissing if no run has made it.
        """
        kept, maker = self._kept / artifact.name, self._makers[artifact.name]
        if artifact.name in self._made:
            shutil.copytree(self._this_run / artifact.name, checkout, dirs_exist_ok=True)
            return None
        if maker in self._jobs:
            raise FilesMissing(f"the artifact {artifact.name} is not there: {maker} did not make it")
        with locked(self._kept):
            if not kept.is_dir():
                raise FilesMissing(f"the artifact {artifact.name} is not there: first run `ci run {maker}`")
            shutil.copytree(kept, checkout, dirs_exist_ok=True)
            return _origin(self._kept, artifact.name)
