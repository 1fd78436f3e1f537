"""The history on a terminal."""

import io

from ci.bench.history import History
from ci.bench.report import terminal, trend
from tests.ci.bench.histories import drifting, run, step


def table(history: History, *, width: int = 200) -> list[str]:
    return [line.text for line in trend.table(history, width=width)]


def test_each_benchmark_is_a_line_of_bars_and_each_drift_a_sentence() -> None:
    heading, home, index, blank, sentence = table(drifting())
    assert heading == "40 commits since 0000000000; higher is slower"
    assert home.startswith("test_home    +11.6 %  ▅▅▅▅") and home.endswith("███")
    assert len(index.split()[-1]) == 40
    assert (blank, sentence.partition(" % each, ")[2]) == (
        "", "since 0000000000; make sure: ci bench --base 0000000000 -k test_home",
    )


def test_the_bars_are_level_with_the_changes() -> None:
    ratios = (1.0, 1.06, 0.89, 1.06)
    history = History(runs=tuple(run(number, [step(ratio)]) for number, ratio in enumerate(ratios, 1)))
    assert table(history)[1] == "test_home     0.0 %  ▅█▁▅"


def test_a_commit_that_was_not_measured_is_a_blank() -> None:
    other = step(1.0, name="test_other")
    runs = (run(1, [step(1.0), other]), run(2, [other]), run(3, [step(1.0), other]))
    assert table(History(runs=runs))[1] == "test_home      0.0 %  ▅ ▅"


def test_a_narrow_terminal_gets_fewer_bars() -> None:
    lines = table(drifting(), width=40)
    assert max(map(len, lines[1:])) <= 40
    assert lines[1].endswith("█")


def test_no_history_says_how_one_begins() -> None:
    assert table(History()) == ["no history yet: runs of the default branch are added to it"]


def test_files_that_could_not_be_read_are_counted() -> None:
    assert table(History(runs=(run(1, [step(1.0)]),), unreadable=("a", "b")))[0] == (
        "1 commit since 0000000000, 2 files could not be read; higher is slower"
    )


def test_an_encoding_without_bars_gets_others() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    terminal.show_history(drifting(), stream)
    assert written.getvalue().decode().splitlines()[1].endswith("####")
