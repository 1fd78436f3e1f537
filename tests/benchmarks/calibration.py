"""How often the gate and the usual ways are right: known slowdowns of a Flask page, with and without other work.

    python -m tests.benchmarks.calibration --trials 200 --to calibration.jsonl

Appends a line for each trial and goes on where an earlier call ended; prints the table of all at the end, and with
``--trials 0`` only that. In every second trial a busy loop runs on each core. asv takes part where it is installed;
``--method asv`` adds only what it says, also to the file of an earlier call without it.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.benchmarks import calibration_asv as asv
from tests.benchmarks.calibration_methods import Reading, gate, one_after_the_other
from tests.benchmarks.calibration_repository import LINES, lines_for, make, overhead

BUSY = "import time\nend = time.monotonic() + 600\nwhile time.monotonic() < end: pass"
METHODS: dict[str, Callable[[Path, Path, float, str], list[Reading]]] = {
    "ci bench": gate, "pytest-benchmark": one_after_the_other, "asv": asv.interleaved_rounds,
}
ALL = tuple(METHODS)


class Case(Struct, frozen=True):
    """A slowdown, the tolerance with which it is looked for, and the benchmarks that are measured (for -k)."""

    name: str
    slowdown: float
    tolerance: float
    select: str
    methods: tuple[str, ...]


CASES = (
    Case("nothing changed", 0.0, 0.05, "test_page", ALL),
    Case("10 % slower", 0.10, 0.05, "test_page", ALL),
    Case("5 % slower, tolerance 2 %", 0.05, 0.02, "test_page", ALL),
    Case("ten benchmarks, nothing changed", 0.0, 0.05, "test_", ("ci bench",)),
)


class Trial(Struct, frozen=True):
    """A line of the file."""

    case: str
    is_busy: bool
    readings: list[Reading]

    def holds(self, case: Case, method: str) -> bool:
        """Whether this is a trial of the case with this method, which may give several readings."""
        return self.case == case.name and any(one.method.startswith(method) for one in self.readings)


@contextmanager
def busy(is_wanted: bool) -> Iterator[None]:
    """A busy loop on each core."""
    command = [sys.executable, "-c", BUSY]
    loops = [subprocess.Popen(command) for _core in range((os.cpu_count() or 1) * is_wanted)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def measure(to: Path, trials: int, cases: tuple[Case, ...], methods: list[str]) -> None:
    """Do what is missing until there are so many ``trials`` of each of the ``cases`` with each of its ``methods``."""
    with tempfile.TemporaryDirectory(prefix="calibration-") as temporary:
        folder = Path(temporary)
        base = make(folder / "base", lines=LINES)
        rest = overhead(base)
        heads = {
            case.name: make(folder / str(number), lines=lines_for(case.slowdown, rest))
            for number, case in enumerate(cases)
        }
        done = read(to)
        for number in range(trials):
            for case in cases:
                missing = [
                    name for name in case.methods
                    if name in methods and sum(trial.holds(case, name) for trial in done) <= number
                ]
                if not missing:
                    continue
                is_busy = number % 2 == 1
                with busy(is_busy):
                    readings = [
                        reading for name in missing
                        for reading in METHODS[name](base, heads[case.name], case.tolerance, case.select)
                    ]
                with to.open("ab") as file:
                    file.write(msgspec.json.encode(Trial(case.name, is_busy, readings)) + b"\n")


def read(path: Path) -> list[Trial]:
    """The trials so far; a last line that was cut off is none."""
    lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
    return [msgspec.json.decode(line, type=Trial) for line in lines if line.endswith(b"\n")]


def table(trials: list[Trial]) -> str:
    """A Markdown table: what each method answered in each case."""
    rows = [
        "| case | cores | method | trials | slower | same or faster | unsure | median reading | seconds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for case in CASES:
        for is_busy in (False, True):
            chosen = [trial for trial in trials if trial.case == case.name and trial.is_busy == is_busy]
            methods = dict.fromkeys(reading.method for trial in chosen for reading in trial.readings)
            rows += [_row(case, chosen, method, is_busy=is_busy) for method in methods]
    return "\n".join(rows)


def _row(case: Case, trials: list[Trial], method: str, *, is_busy: bool) -> str:
    per_trial = [[one for one in trial.readings if one.method == method] for trial in trials]
    answers = [_answer(readings) for readings in per_trial if readings]
    slower, unsure = answers.count("slower"), answers.count("unsure")
    ratios = [one.ratio for readings in per_trial for one in readings if one.ratio]
    seconds = [readings[0].seconds for readings in per_trial if readings]
    cells = (
        case.name, "busy" if is_busy else "as they were", method, len(answers), slower, len(answers) - slower - unsure,
        unsure, f"{(statistics.median(ratios) - 1) * 100:+.1f} %" if ratios else "",
        f"{statistics.median(seconds):.0f}",
    )
    return f"| {' | '.join(map(str, cells))} |"


def _answer(readings: list[Reading]) -> str:
    """What a trial of one or more benchmarks comes to."""
    answers = {reading.answer for reading in readings}
    if answers & {"slower", "broken"}:
        return "slower"
    return "unsure" if "unsure" in answers else "same"


def main() -> None:
    """Read the command line and go."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--trials", type=int, default=0, help="of each case, those in the file counted")
    parser.add_argument("--to", type=Path, default=Path("calibration.jsonl"), help="the file of the trials")
    parser.add_argument("--case", default="", help="only the cases whose name begins so")
    here = [name for name in METHODS if name != "asv" or asv.is_installed()]
    parser.add_argument("--method", choices=here, action="append", help="only this one; may be repeated")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # tidies up as after Ctrl-C
    cases = tuple(case for case in CASES if case.name.startswith(given.case))
    measure(given.to, given.trials, cases, given.method or here)
    print(table(read(given.to)))


if __name__ == "__main__":
    main()
