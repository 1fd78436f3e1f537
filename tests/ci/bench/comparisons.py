"""Comparisons as the gate makes them, for tests of what is made out of them."""

import random

from ci.bench.results import Answer, Commit, Comparison, Interval, Result

BASE = Commit(name="main", id="4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455")
HEAD = Commit(name="HEAD", id="9e0f1122334455c1d07be5a1f6e3b2c4d8a4f2a9")
FILE = "tests/benchmarks/test_app.py"


def result(name: str, answer: Answer, ratio: float | None = None, *, file: str = FILE, message: str = "") -> Result:
    """One of a benchmark that takes a millisecond; without ``ratio`` one that was not measured on both sides."""
    return Result(
        id=f"{file}::{name}", group=None, answer=answer, tolerance=0.05, message=message, pairs=4, turns=480,
        interval=Interval(ratio, ratio - 0.011, ratio + 0.012) if ratio else None,
        base=None if answer in ("new", "broken") else 0.00123,
        head=None if answer in ("gone", "broken") else 0.00123 * (ratio or 1.0),
    )


def comparison(*results: Result, base: Commit | None = BASE, head: Commit = HEAD) -> Comparison:
    """One of a run that took 42 s."""
    return Comparison(
        base=base, head=head, results=results, seconds=42.3, time="2026-11-22T09:10:11Z",
        machine="2 cores, Linux 6.1, Python 3.11.2",
    )


#: Every answer once.
EVERY = comparison(
    result("test_home", "same", 1.004),
    result("test_index[large]", "slower", 1.1234),
    result("test_health", "faster", 0.874),
    result("TestPages::test_error", "unsure", 1.045, message="the budget of 60 s was spent"),
    result("test_added", "new"),
    result("test_removed", "gone"),
    result("test_wrong", "broken", message="ValueError: no page, at tests/benchmarks/test_app.py:12\nsecond line"),
)


def many(count: int) -> Comparison:
    """As many benchmarks as a large suite has, the same ones each time."""
    numbers = random.Random(count)
    results = []
    for number in range(count):
        ratio = 1 + numbers.gauss(0, 0.02)
        answer: Answer = "same"
        if number % 10 == 3:
            ratio, answer = 1.13 + numbers.random() / 10, "slower"
        elif number % 10 == 7:
            ratio, answer = 0.85, "faster"
        elif number % 10 == 8:
            ratio, answer = 1.05, "unsure"
        file = f"tests/benchmarks/test_{'app' if number < count / 2 else 'reports'}.py"
        results.append(result(f"test_page_{number}[{'large-' * (number % 4)}gzip]", answer, ratio, file=file))
    return comparison(*results)
