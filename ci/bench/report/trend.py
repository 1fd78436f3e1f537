"""The history on a terminal: the way of each benchmark as a line of bars, and the drifts in it."""

from collections.abc import Iterator

from ci.bench.drift import drifts
from ci.bench.history import History, Series, Step, series
from ci.bench.report import wording
from ci.bench.report.scale import around
from ci.report.run_lines import WIDE, Line
from ci.visible import one_line

#: From the lowest to the highest, and for streams that lack these letters.
BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.-:=+*#"

_MOST_BARS = 40
_FEWEST = 8


def table(history: History, *, width: int = WIDE, bars: str = BARS) -> Iterator[Line]:
    """A row per benchmark: how far it has moved in all commits, and its way there as bars (higher is slower)."""
    every = series(history)
    drifting = {drift.id: drift for drift in drifts(history)}
    column = min(max((len(_name(one)) for one in every), default=0), max(width // 2, _FEWEST))
    most = min(_MOST_BARS, max(width - column - len("  +100.0 %  "), _FEWEST))
    yield Line(_heading(history), "bold")
    for one in every:
        style = "bold red" if one.id in drifting else ""
        name = wording.shortened(_name(one), column)
        yield Line(f"{name:{column}}  {wording.change(one.level):>8}  {line(one, most, bars=bars)}", style)
    for drift in drifting.values():
        yield Line("")
        yield from (Line(text, "red") for text in wording.wrapped(f"{drift.id}: {wording.drift(drift)}", width))


def line(one: Series, most: int, *, bars: str = BARS) -> str:
    """The way of a benchmark as at most ``most`` bars: the middle is no change, the highest the limit or more.

    A bar stands for the last of so many commits, a blank for one that was not measured.
    """
    scale = around([*(step.level for step in one.steps), 1 + one.tolerance])
    shown = _spread(one.steps, most)
    return "".join(" " if step.interval is None else _bar(scale.place(step.level), bars) for step in shown)


def _bar(place: float, bars: str) -> str:
    """Rounded first, so that no change has the same bar always."""
    return bars[min(int(round(place, 6) * len(bars)), len(bars) - 1)]


def _spread(steps: tuple[Step, ...], most: int) -> list[Step]:
    count = min(most, len(steps))
    return [steps[number * len(steps) // count - 1] for number in range(1, count + 1)]


def _heading(history: History) -> str:
    if not history.runs:
        return "no history yet: runs of the default branch are added to it"
    runs = f"{len(history.runs)} commit{'' if len(history.runs) == 1 else 's'}"
    first = history.runs[0].base or history.runs[0].head
    left_out = f", {len(history.unreadable)} files could not be read" if history.unreadable else ""
    return one_line(f"{runs} since {first.id[:10]}{left_out}; higher is slower")


def _name(one: Series) -> str:
    return one_line(wording.parts(one.id)[1])
