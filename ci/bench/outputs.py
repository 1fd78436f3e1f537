"""The files that a comparison leaves in ``reports/``, and its place in the history."""

import os
from collections.abc import Callable
from pathlib import Path

from ci.bench import history
from ci.bench.history import History
from ci.bench.report import document, junit, page
from ci.bench.results import Comparison
from ci.errors import UsageError

#: Readings of the head, in the format of pytest-benchmark.
READINGS = "benchmark.json"
COMPARISON = "benchmark-comparison.json"
JUNIT = "benchmark.xml"
PAGE = "benchmark.html"
HISTORY_PAGE = "benchmark-history.html"


def write(comparison: Comparison, reports: Path, *, strict: bool, runs: History) -> None:
    """Write the comparison for programs, for engines and for people; the page also draws the history."""
    _replace(reports / COMPARISON, document.write(comparison))
    _replace(reports / JUNIT, junit.render(comparison, strict=strict))
    _replace(reports / PAGE, page.render(comparison, strict=strict, history=runs))


def write_history(runs: History, reports: Path) -> Path:
    """Draw a history that is not empty, beside its newest run; the page's path."""
    reports.mkdir(exist_ok=True)
    path = reports / HISTORY_PAGE
    _replace(path, page.render(runs.runs[-1], history=runs))
    return path


def _replace(path: Path, text: str) -> None:
    """All at once: who reads it meanwhile gets the old file or the new one."""
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, "utf-8")
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"can't write {path}: {error.strerror}") from None


def clear(reports: Path) -> None:
    """Remove what an earlier comparison left, so that nothing old is read as new."""
    reports.mkdir(exist_ok=True)
    for name in (READINGS, COMPARISON, JUNIT, PAGE):
        (reports / name).unlink(missing_ok=True)


def remember(comparison: Comparison, folder: Path, say: Callable[[str], None]) -> None:
    """Add a comparison to the history in ``folder``. Where that can't be, it is said: the gate judges without it."""
    try:
        history.append(folder, comparison)
    except UsageError as error:
        say(str(error))
