"""The readings of the head in pytest-benchmark's own format, written by pytest-benchmark itself."""

from collections.abc import Iterable
from pathlib import Path

from ci.bench.messages import Measured
from ci.bench.pair import Pair
from ci.bench.settings import Settings, Side
from ci.errors import CommandError


def write(report: Path, measured: Iterable[Measured], head: Side, settings: Settings, folder: Path) -> None:
    """Write the ``report`` in one more session of the head, which runs no test; ``folder`` is for what it writes.

    So its hooks of pytest-benchmark (``pytest_benchmark_update_json`` and the like) have their say. Replaces what is
    there; there is none if nothing was measured. Raises CommandError if it can't be written.
    """
    report = report.absolute()
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    benchmarks = tuple(measured)
    if not benchmarks:
        return
    more = (f"--benchmark-json={report}",)
    with Pair([head], settings, folder, seed=0, report=benchmarks, more=more) as session:
        said = session.finish()
    if not report.exists():
        raise CommandError(f"pytest-benchmark did not write {report}:\n{said}")
