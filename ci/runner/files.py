"""Files that cross the border of a job: reports for people, artifacts and inputs for later jobs."""

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from ci.errors import CiError
from ci.plan import Artifact, Plan, Report
from ci.runner.run_folder import locked, remove


class FilesMissing(CiError):
    """A job didn't leave what its definition promises, or needs what nobody made."""


class Origin(Struct, frozen=True):
    """Where an artifact of an earlier run comes from."""

    commit: str
    dirty: bool

    def __str__(self) -> str:
        return f"commit {self.commit[:10]}{' with changes' if self.dirty else ''}"


def clear_reports(reports: tuple[Report, ...], checkout: Path) -> None:
    """Remove reports that are in the commit, so that an old one is never taken for a new one."""
    for report in reports:
        (checkout / report.path).unlink(missing_ok=True)


def collect_reports(reports: tuple[Report, ...], checkout: Path, folder: Path) -> list[str]:
    """Copy the reports that are there to ``folder``, by their base names. Returns the paths of the missing ones."""
    names = [Path(report.path).name for report in reports]
    missing = []
    for report, name in zip(reports, names):
        if (checkout / report.path).is_file():
            kept = name if names.count(name) == 1 else f"{report.kind}-{name}"
            shutil.copyfile(checkout / report.path, folder / kept)
        else:
            missing.append(report.path)
    return missing


def collect_artifact(artifact: Artifact, checkout: Path, folder: Path) -> None:
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
    expression = re.compile(_expression(pattern) + r"(?:/.*)?", re.DOTALL)
    for folder, folders, files in os.walk(checkout):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(name for name in files if not name.startswith(".")):
            path = (Path(folder) / name).relative_to(checkout)
            if expression.fullmatch(str(path)) and (checkout / path).is_file():
                yield path


def _expression(pattern: str) -> str:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": r"(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(part, re.escape(part)) for part in parts)


class ArtifactStore:
    """Artifacts of this run, and the newest ones of earlier runs for when only some jobs are run."""

    def __init__(self, plan: Plan, *, this_run: Path, kept: Path, origin: Origin) -> None:
        self._this_run, self._kept, self._origin = this_run, kept, origin
        self._makers = {artifact.name: job.slug for job in plan.jobs for artifact in job.artifacts}
        kept.mkdir(parents=True, exist_ok=True)

    def add(self, artifact: Artifact, checkout: Path) -> None:
        """Keep an artifact of a job that succeeded. Raises FilesMissing."""
        own = self._this_run / artifact.name
        own.mkdir(parents=True)
        collect_artifact(artifact, checkout, own)
        new = self._this_run / f".{artifact.name}"
        shutil.copytree(own, new, copy_function=os.link)
        with locked(self._kept):
            remove(self._kept / artifact.name)
            new.rename(self._kept / artifact.name)
            self._origin_file(artifact).write_bytes(msgspec.json.encode(self._origin))

    def put_back(self, artifact: Artifact, checkout: Path) -> Origin | None:
        """Put an artifact's files at their old paths; returns where they are from if not from this run.

        Raises FilesMissing if no run has made it.
        """
        own, kept = self._this_run / artifact.name, self._kept / artifact.name
        if own.is_dir():
            shutil.copytree(own, checkout, dirs_exist_ok=True)
            return None
        with locked(self._kept):
            if not kept.is_dir():
                maker = self._makers[artifact.name]
                raise FilesMissing(f"the artifact {artifact.name} is not there: first run `ci run {maker}`")
            shutil.copytree(kept, checkout, dirs_exist_ok=True)
            return msgspec.json.decode(self._origin_file(artifact).read_bytes(), type=Origin)

    def _origin_file(self, artifact: Artifact) -> Path:
        return self._kept / f".{artifact.name}.json"
