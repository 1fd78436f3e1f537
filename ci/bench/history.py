"""What earlier runs of the default branch found: a folder with one comparison per commit, no server.

Times of two machines can't be compared, but ratios can be multiplied: each run knows how its commit compares with the
one before, so their product along the branch shows how far a benchmark has moved. A file per commit needs no lock: two
runs write two files, a second run of a commit replaces the first, and two copies of a history are merged with ``cp``.
"""

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from datetime import datetime, timezone
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from ci.bench.report import document
from ci.bench.results import Commit, Comparison, Interval, Result
from ci.errors import CiError, UsageError

#: Runs that are kept. The oldest go first.
MOST_KEPT = 500

_COMMIT_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class History(Struct, frozen=True, kw_only=True):
    """Runs in the order of their commits, the oldest first, and the names of files that could not be read."""

    runs: tuple[Comparison, ...] = ()
    unreadable: tuple[str, ...] = ()


class Step(Struct, frozen=True, kw_only=True):
    """What one commit did to one benchmark.

    ``interval`` is None where that was not measured. ``level`` is the product of all ratios so far: 1.10 is 10 %
    slower than at the beginning. ``gap``: a commit between this one and the one before is not in the history.
    """

    commit: Commit
    base: Commit
    interval: Interval | None
    level: float
    gap: bool


class Series(Struct, frozen=True, kw_only=True):
    """One benchmark through time. ``tolerance`` is that of the newest run. A renamed benchmark begins anew."""

    id: str
    tolerance: float
    steps: tuple[Step, ...]

    @property
    def level(self) -> float:
        """How the newest commit compares with the beginning."""
        return self.steps[-1].level


def append(folder: Path, comparison: Comparison) -> bool:
    """Keep the comparison of a commit with another one; True if it was kept.

    Not kept are those that say nothing about a commit: without a base, or of a working tree with changes.
    Raises UsageError where the folder can't be written.
    """
    base, head = comparison.base, comparison.head
    if base is None or head.dirty or not _COMMIT_ID.fullmatch(head.id) or not comparison.results:
        return False
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f".{head.id}.{secrets.token_hex(4)}"
        beside.write_text(document.write(comparison), encoding="utf-8")
        os.replace(beside, folder / f"{head.id}.json")
        _forget_the_oldest(folder)
    except OSError as error:
        raise UsageError(f"can't keep the history in {folder}: {error.strerror}") from None
    return True


def _forget_the_oldest(folder: Path) -> None:
    if sum(1 for _path in folder.glob("*.json")) <= MOST_KEPT:
        return
    found = sorted((_time(run), path) for path, run in _files(folder) if run is not None)
    for _when, path in found[:-MOST_KEPT]:
        path.unlink(missing_ok=True)


def read(folder: Path) -> History:
    """The history in ``folder``; an empty one where there is none. What can't be read is named, and left out."""
    found = list(_files(folder))
    return History(
        runs=tuple(_in_order(run for _path, run in found if run is not None)),
        unreadable=tuple(path.name for path, run in found if run is None),
    )


def _files(folder: Path) -> Iterator[tuple[Path, Comparison | None]]:
    for path in sorted(folder.glob("*.json")):
        try:
            yield path, _checked(document.read(path.read_bytes()))
        except (OSError, ValueError, CiError):
            yield path, None


def _checked(run: Comparison) -> Comparison:
    """A file can hold any number: a change that no measurement gives counts as none. ValueError for all else."""
    _time(run)
    if not all(0 < result.tolerance <= 10 for result in run.results):
        raise ValueError("a tolerance that no benchmark has")
    results = (
        replace(result, interval=None) if result.interval and not _is_usable(result.interval) else result
        for result in run.results
    )
    return replace(run, results=tuple(results))


def _is_usable(interval: Interval) -> bool:
    """No change of a benchmark is larger than a million times."""
    return 1e-6 < interval.low <= interval.ratio <= interval.high < 1e6


def _time(run: Comparison) -> datetime:
    found = datetime.fromisoformat(run.time)
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def _in_order(runs: Iterable[Comparison]) -> list[Comparison]:
    """From the newest commit back along the bases, since runs need not end in the order of their commits.

    Where a base is not in the history, the newest of the remaining commits that are nobody's base comes next.
    """
    remaining = {run.head.id: run for run in sorted(runs, key=_time)}
    bases = {run.base.id for run in remaining.values() if run.base}
    found: list[Comparison] = []
    for start in sorted(remaining.values(), key=lambda run: (run.head.id not in bases, _time(run)), reverse=True):
        run = remaining.pop(start.head.id, None)
        while run is not None:
            found.append(run)
            run = remaining.pop(run.base.id, None) if run.base else None
    return found[::-1]


def series(history: History) -> tuple[Series, ...]:
    """The way of each benchmark that the newest run still has."""
    if not history.runs:
        return ()
    newest = [result for result in history.runs[-1].results if result.answer != "gone"]
    by_id = [({result.id: result for result in run.results}, run) for run in history.runs]
    found = []
    for result in newest:
        if steps := tuple(_steps([(results.get(result.id), run) for results, run in by_id])):
            found.append(Series(id=result.id, tolerance=result.tolerance, steps=steps))
    return tuple(found)


def _steps(runs: Iterable[tuple[Result | None, Comparison]]) -> Iterator[Step]:
    level, before = 1.0, ""
    for result, run in runs:
        interval = result.interval if result else None
        if run.base is None or (interval is None and not before):
            continue
        level *= interval.ratio if interval else 1.0
        gap = interval is None or before not in ("", run.base.id)
        yield Step(commit=run.head, base=run.base, interval=interval, level=level, gap=gap)
        before = run.head.id
