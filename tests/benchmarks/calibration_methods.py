"""The ways to compare two checkouts that the calibration puts side by side."""

import json
import subprocess
import sys
import time
from pathlib import Path

from msgspec import Struct

from ci.bench.measure import Settings, Side, compare


class Reading(Struct, frozen=True):
    """What a method says of one benchmark: its answer, the ratio it read (1.1 is 10 % slower), how long it took."""

    method: str
    answer: str
    ratio: float | None
    seconds: float


def gate(base: Path, head: Path, tolerance: float, select: str) -> list[Reading]:
    """`ci bench`."""
    began = time.monotonic()
    python = Path(sys.executable)
    results = compare(
        Side(name="base", folder=base, python=python), Side(name="head", folder=head, python=python),
        Settings(tolerance=tolerance, select=select), report=None, watch=lambda progress: None,
    )
    seconds = time.monotonic() - began
    return [
        Reading("ci bench", result.answer, result.interval.ratio if result.interval else None, seconds)
        for result in results
    ]


def one_after_the_other(base: Path, head: Path, tolerance: float, select: str) -> list[Reading]:
    """Two runs of pytest-benchmark, as `--benchmark-compare-fail=mean:5%` and `min:5%` compare them."""
    began = time.monotonic()
    before, after = _stats(base, select), _stats(head, select)
    seconds = time.monotonic() - began
    ratios = [(of, after[name][of] / before[name][of]) for of in ("mean", "min") for name in before]
    return [
        Reading(f"pytest-benchmark, {of}", "slower" if ratio > 1 + tolerance else "same", ratio, seconds)
        for of, ratio in ratios
    ]


def _stats(folder: Path, select: str) -> dict[str, dict[str, float]]:
    report = folder / "benchmark.json"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--benchmark-json={report}"]
    subprocess.run([*command, "-k", select, "tests/benchmarks"], cwd=folder, check=True, capture_output=True)
    return {one["name"]: one["stats"] for one in json.loads(report.read_text())["benchmarks"]}
