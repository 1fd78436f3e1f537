"""Measure two checkouts against each other: which benchmarks of the head are slower than those of the base."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from ci.bench import report_file
from ci.bench.comparing import Comparing
from ci.bench.results import Result
from ci.bench.settings import Progress, Settings, Side
from ci.errors import UsageError

__all__ = ["Progress", "Settings", "Side", "compare"]


def compare(
    base: Side | None,
    head: Side,
    settings: Settings,
    *,
    report: Path | None,
    watch: Callable[[Progress], None],
) -> tuple[Result, ...]:
    """Measure the benchmarks of both sides against each other, and answer for each of them.

    Without a ``base`` all are ``new``: they run, so that a broken one is seen, and are reported. ``report`` is where
    the readings of the head go, in pytest-benchmark's own format. ``watch`` is told of every step.
    The answers are in the order in which the head's benchmarks were collected; those that are gone come last. A
    benchmark that its test skips on both sides has none.

    Leaves no process and no file behind, also on KeyboardInterrupt: the caller makes SIGTERM one (signal handlers
    belong to commands). Raises UsageError if pytest can't begin on the head: no pytest-benchmark in its environment,
    a wrong ``select``, a conftest.py that fails; and where there is no benchmark on either side.
    """
    with tempfile.TemporaryDirectory(prefix="ci-bench-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary).resolve()
        comparing = Comparing(base, head, settings, folder, watch)
        comparing.run()
        results = comparing.results()
        if not results:
            raise UsageError(_nothing(settings))
        if report:
            comparing.tell("writing the report")
            report_file.write(report, comparing.measured(), head, settings, folder)
        return results


def _nothing(settings: Settings) -> str:
    """A gate that measures nothing would pass whatever happens."""
    matching = f" that matches {settings.select!r}" if settings.select else ""
    return (
        f"there is no benchmark{matching} in {' '.join(settings.paths)}, in neither commit: name files or folders "
        "with tests that use the fixture `benchmark`, here or in ci/pipeline.toml under [bench] paths"
    )
