"""What both sides have collected, put together: what can be compared, what is new, gone or can't be collected."""

import posixpath
from collections.abc import Sequence
from itertools import accumulate

from ci import values
from ci.bench.messages import Benchmark, Collected
from ci.bench.record import Record
from ci.bench.settings import Settings
from ci.errors import UsageError


def take_stock(head: Collected, base: Collected | None, settings: Settings, *, why: str = "") -> list[Record]:
    """A record of every benchmark and of every file that the head can't collect: those of the head in its order.

    Those to compare have no answer yet. Without a ``base`` all are new, and ``why`` says why. Raises UsageError for a
    marker that can't be read.
    """
    tolerance = settings.tolerance
    known = {item.id for item in base.items} if base else set()
    unknown = {error.id: error.message for error in base.errors} if base else {}
    records = [
        Record(id=error.id, tolerance=tolerance, answer="broken", message=_shown(error.message))
        for error in head.errors
    ]
    for item in head.items:
        record = Record(id=item.id, tolerance=_tolerance(item, tolerance))
        if item.id not in known:
            error = unknown.get(_file(item.id))
            record.settle("new", why or (f"nothing to compare with on the base: {_shown(error)}" if error else ""))
        records.append(record)
    seen = {item.id for item in head.items}
    hidden = {error.id for error in head.errors}
    left = [item.id for item in base.items if item.id not in seen and _file(item.id) not in hidden] if base else []
    gone = (id for id in left if _is_asked_for(id, settings.paths))
    return records + [Record(id=id, tolerance=tolerance, answer="gone") for id in gone]


def _is_asked_for(id: str, paths: Sequence[str]) -> bool:
    """False where only other tests of its file are asked for: the base collects whole files."""
    named = (path.partition("::") for path in paths)
    asked = {f"{posixpath.normpath(file)}{mark}{name}" for file, mark, name in named}
    tests = [test for test in asked if test.startswith(f"{_file(id)}::")]
    places = {".", *accumulate(_file(id).split("/"), posixpath.join)}
    itself = any(id == test or id.startswith((f"{test}::", f"{test}[")) for test in tests)
    return not tests or itself or bool(places & asked)


def _file(id: str) -> str:
    return id.partition("::")[0]


def _shown(message: str) -> str:
    """pytest's last words come first: they are the error itself."""
    lines = [line for line in message.splitlines() if line.strip()]
    return "\n".join([lines[-1].removeprefix("E").strip(), *lines]) if lines else "pytest can't collect it"


def _tolerance(item: Benchmark, usual: float) -> float:
    if item.tolerance is None:
        return usual
    try:
        share = values.share(item.tolerance) if item.tolerance.endswith("%") else float(item.tolerance)
    except ValueError:
        share = 0.0
    if not 0 < share < 10:
        raise UsageError(
            f"{item.id}: benchmark_gate(tolerance={item.tolerance!r}) is no share; write tolerance=\"10%\""
        )
    return share
