"""Reports: files that a job leaves for people, beside its log, in ``reports/<slug>/``."""

import shutil
from pathlib import Path

from ci.plan import Job, Report
from ci.runner.run_folder import locked, remove

LOG = "log.txt"


def folder_of(root: Path, job: Job) -> Path:
    """Where people find a job's reports and its log."""
    return root / "reports" / job.slug


def clear(folder: Path) -> None:
    """Remove what an earlier run left in a job's folder, so that nothing old is read as new."""
    folder.parent.mkdir(exist_ok=True)
    with locked(folder.parent):
        remove(folder)


def forget(reports: tuple[Report, ...], checkout: Path) -> None:
    """Remove reports that are in the commit, so that an old one is never taken for a new one.

    Nothing outside: a folder in the commit may be a link.
    """
    for report in reports:
        path = checkout / report.path
        if path.parent.resolve().is_relative_to(checkout.resolve()) and not path.is_dir():
            path.unlink(missing_ok=True)


def collect(reports: tuple[Report, ...], checkout: Path, folder: Path) -> list[str]:
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


def publish(folder: Path, destination: Path) -> None:
    """Put a folder of reports in its place, all at once, so that two runs never mix theirs."""
    destination.parent.mkdir(exist_ok=True)
    with locked(destination.parent):
        remove(destination)
        shutil.move(folder, destination)
