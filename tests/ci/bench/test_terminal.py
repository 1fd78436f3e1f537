"""What `ci bench` shows on a terminal and in a pipe."""

import io
import re

import pytest

from ci.bench.report import terminal
from ci.bench.results import Comparison
from tests.ci.bench import comparisons

PLAIN = """\
                            base     head   change          interval
tests/benchmarks/test_app.py
✓ test_home              1.23 ms  1.23 ms   +0.4 %    -0.7 to +1.6 %  same
✗ test_index[large]      1.23 ms  1.38 ms  +12.3 %  +11.2 to +13.5 %  slower
✓ test_health            1.23 ms  1.08 ms  -12.6 %  -13.7 to -11.4 %  faster
? TestPages::test_error  1.23 ms  1.29 ms   +4.5 %    +3.4 to +5.7 %  unsure
+ test_added                      1.23 ms                             new
- test_removed           1.23 ms                                      gone
✗ test_wrong                                                          broken

tests/benchmarks/test_app.py::test_index[large]: 12.3 % slower than main (between +11.2 % and +13.5 %); 5 % are allowed

tests/benchmarks/test_app.py::test_wrong: could not be measured: ValueError: no page, at tests/benchmarks/test_app.py:12
  second line

measure again: ci bench --base main -k test_index
slower on purpose? allow more in this commit: @pytest.mark.benchmark_gate(tolerance=0.15)

1 unsure: measure longer, as --budget 3m, or fewer of them, with -k

7 benchmarks against main: 1 broken, 1 slower, 1 unsure, 1 same, 1 faster, 1 new, 1 gone; measured in 42 s
"""

NARROW = """\
       base     head   change
tests/benchmarks/test_app.py
✓ test_home
    1.23 ms  1.23 ms   +0.4 %  same
✗ test_index[large]
    1.23 ms  1.38 ms  +12.3 %  slower

tests/benchmarks/test_app.py::test_index
  [large]: 12.3 % slower than main
  (between +11.2 % and +13.5 %); 5 % are
  allowed

measure again: ci bench --base main -k test_index
slower on purpose? allow more in this commit: @pytest.mark.benchmark_gate(tolerance=0.15)

2 benchmarks against main: 1 slower, 1 same; measured in 42 s
"""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def shown(comparison: Comparison, *, strict: bool = False) -> str:
    stream = io.StringIO()
    terminal.show(comparison, stream, strict=strict)
    return stream.getvalue()


def on_terminal(comparison: Comparison, monkeypatch: pytest.MonkeyPatch, *, columns: int) -> str:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "30")
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    terminal.show(comparison, stream)
    return stream.getvalue()


def test_a_pipe_gets_plain_text() -> None:
    assert shown(comparisons.EVERY) == PLAIN


def test_what_is_unsure_is_explained_only_where_it_fails() -> None:
    sentence = "test_error: between +3.4 % and +5.7 % against main, and 5 % are allowed: the budget of 60 s was spent\n"
    assert sentence in shown(comparisons.EVERY, strict=True)
    assert sentence not in shown(comparisons.EVERY)


def test_a_narrow_terminal_gets_two_lines_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    two = comparisons.comparison(*comparisons.EVERY.results[:2])
    text = on_terminal(two, monkeypatch, columns=40)
    assert re.sub("\x1b\\[[0-9;]*m", "", text) == NARROW


def test_a_long_name_loses_its_middle_before_the_table_loses_its_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    long = comparisons.result("test_export[large-table-with-many-rows-gzip]", "same", 1.004)
    table = re.sub("\x1b\\[[0-9;]*m", "", on_terminal(comparisons.comparison(long), monkeypatch, columns=80))
    assert table.splitlines()[2] == (
        "✓ test_export[lar…any-rows-gzip]  1.23 ms  1.23 ms  +0.4 %  -0.7 to +1.6 %  same"
    )


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;31m✗ test_index" in on_terminal(comparisons.EVERY, monkeypatch, columns=120)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[1;31m" not in on_terminal(comparisons.EVERY, monkeypatch, columns=120)


def test_a_name_can_neither_colour_nor_clear_the_terminal() -> None:
    hostile = comparisons.result("test_a[\x1b[2J\r\n]", "broken", message="\x1b[31mred\rnot")
    assert not set(shown(comparisons.comparison(hostile))) & {"\x1b", "\r"}


def test_an_encoding_without_the_marks_gets_others() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    terminal.show(comparisons.comparison(*comparisons.EVERY.results[:2]), stream)
    lines = written.getvalue().decode().splitlines()
    assert [line.split()[0] for line in lines[2:4]] == ["+", "x"]


def test_without_benchmarks_one_line_says_so() -> None:
    assert shown(comparisons.comparison()) == "no benchmark was found on either side\n"


def test_without_a_base_nothing_was_compared() -> None:
    alone = comparisons.comparison(comparisons.result("test_home", "new"), base=None)
    assert shown(alone).splitlines()[-1] == "1 benchmark, nothing to compare with: 1 new; measured in 42 s"
