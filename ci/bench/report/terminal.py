"""The comparison on a terminal: a table, and a sentence for each benchmark that fails."""

import os
import shutil
from collections.abc import Iterable, Iterator
from typing import TextIO

from ci.bench.history import History
from ci.bench.report import trend, wording
from ci.bench.results import Answer, Comparison, Result
from ci.report.run_lines import WIDE, Line, encodable
from ci.visible import one_line

_COLOURS: dict[Answer, str] = {
    "slower": "bold red", "broken": "bold red", "unsure": "yellow", "faster": "green", "new": "cyan", "gone": "dim",
}
_LEAST_NAME = 20  # columns


def show(comparison: Comparison, stream: TextIO, *, strict: bool = False) -> None:
    """Write the table to ``stream``: in colour on a terminal (unless NO_COLOR is set), else as plain text."""
    lines = [*table(comparison, width=_width(stream)), *ending(comparison, strict=strict, width=_width(stream))]
    write(lines, stream)


def show_history(history: History, stream: TextIO) -> None:
    """Write the history as a table of bars."""
    write(trend.table(history, width=_width(stream), bars=_bars(stream)), stream)


def write(lines: Iterable[Line], stream: TextIO) -> None:
    """Write lines as they are, with their colours where the stream is a terminal that shows some."""
    encoding = stream.encoding or "utf-8"
    if not stream.isatty() or os.environ.get("TERM", "dumb") == "dumb":
        stream.write("".join(f"{encodable(line.text, encoding)}\n" for line in lines))
        stream.flush()
        return
    from rich.console import Console  # slow to import, and only needed here
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    for line in lines:
        console.print(Text(encodable(line.text, encoding), line.style), soft_wrap=True)


def table(comparison: Comparison, *, width: int = WIDE) -> Iterator[Line]:
    """A row per benchmark below the name of its file; two lines each where ``width`` columns are too few for one."""
    if not comparison.results:
        return
    results = comparison.results
    rows = {result.id: _cells(result) for result in results}
    head = ("base", "head", "change", "interval")
    widths = [max(len(cells[column]) for cells in (head, *rows.values())) for column in range(4)]
    names = max(len(_name(result)) for result in results)
    room = width - len(f"✗   {_numbers(head, widths)}  ") - max(len(result.answer) for result in results)
    two_lines = room < min(names, _LEAST_NAME)
    column = min(names, room)
    yield Line(f"{'':{2 if two_lines else column + 2}}  {_numbers(head[:3 if two_lines else 4], widths)}", "dim")
    for file, group in wording.by_file(results).items():
        if file:
            yield Line(one_line(file), "bold")
        for result in group:
            yield from _row(result, rows[result.id], widths, column, two_lines=two_lines)


def ending(comparison: Comparison, *, strict: bool = False, width: int = WIDE) -> Iterator[Line]:
    """What failed, each in a sentence, what to do next, and the totals."""
    failed = [result for result in comparison.results if wording.failing(result, strict=strict)]
    for result in failed:
        sentence = f"{result.id}: {wording.explanation(result, comparison.base)}"
        yield Line("")
        first, *more = sentence.splitlines() or [""]
        yield from (Line(line, "red") for line in wording.wrapped(one_line(first), width))
        yield from (Line(f"  {one_line(line)}") for line in more)
    if advice := wording.next_step(failed, comparison.base):
        yield Line("")
        yield from (Line(line) for line in advice.splitlines())
    if advice := wording.more_certainty(comparison.results):
        yield Line("")
        yield from (Line(line, "yellow") for line in wording.wrapped(advice, width))
    if comparison.results:
        yield Line("")
    yield Line(one_line(wording.totals(comparison)), "bold red" if failed else "bold green")


def _cells(result: Result) -> tuple[str, str, str, str]:
    """Base, head, change, interval."""
    interval = result.interval
    return (
        wording.time(result.base), wording.time(result.head),
        wording.change(interval.ratio) if interval else "", wording.spread(interval) if interval else "",
    )


def _row(
    result: Result, cells: tuple[str, ...], widths: list[int], column: int, *, two_lines: bool
) -> Iterator[Line]:
    style = _COLOURS.get(result.answer, "")
    mark, name = wording.MARKS[result.answer], _name(result)
    if two_lines:
        yield Line(f"{mark} {name}", style)
        yield Line(f"    {_numbers(cells[:3], widths)}  {result.answer}", style)
    else:
        name = wording.shortened(name, column)
        yield Line(f"{mark} {name:{column}}  {_numbers(cells, widths)}  {result.answer}", style)


def _numbers(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths))


def _name(result: Result) -> str:
    return one_line(wording.parts(result.id)[1])


def _bars(stream: TextIO) -> str:
    return trend.BARS if encodable(trend.BARS, stream.encoding or "utf-8") == trend.BARS else trend.ASCII_BARS


def _width(stream: TextIO) -> int:
    return shutil.get_terminal_size().columns if stream.isatty() else WIDE
