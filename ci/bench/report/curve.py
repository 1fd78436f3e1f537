"""A benchmark through time as a small picture: the product of the ratios, commit after commit."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from ci.bench.drift import Drift
from ci.bench.history import Series
from ci.bench.report import wording
from ci.bench.report.markup import element
from ci.bench.report.scale import Scale, around

_HEIGHT = 120  # pixels
_LABELS = 44  # pixels for the labels at the left
_MOST_DOTS = 60
_SIZE = 100.0  # of the picture beside them, whose coordinates are stretched to fit


def picture(one: Series, drift: Drift | None) -> Element:
    """The way of ``one``, with the commits of its drift shaded."""
    scale = around([step.level for step in one.steps] + [(1 + one.tolerance) ** 1.2])
    name = wording.parts(one.id)[1]
    title = f"{name} over {len(one.steps)} commits: {wording.change(one.level)}"
    drawn = [*_shade(one, drift), *_lines(scale), *_way(one, scale)]
    way = element("svg", element("title", title), *drawn, width="100%", height=_HEIGHT, role="img",
                  viewBox=f"0 0 {_SIZE:g} {_SIZE:g}", preserveAspectRatio="none")
    labels = element("svg", *_labels(scale), width=_LABELS, height=_HEIGHT, aria_hidden="true")
    return element("div", labels, way, class_="curve")


def _shade(one: Series, drift: Drift | None) -> Iterator[Element]:
    if drift is None:
        return
    commits = [step.commit.id for step in one.steps]
    first, last = commits.index(drift.since.id), commits.index(drift.until.id)
    left, right = _across(first, one), _across(last + 1, one)
    yield element("rect", x=left, width=right - left, y=0, height=_SIZE, class_="beyond")


def _lines(scale: Scale) -> Iterator[Element]:
    for tick in scale.ticks():
        y = _down(scale, tick)
        yield element("line", x1=0, x2=_SIZE, y1=y, y2=y, class_="zero" if tick == 1 else "grid")


def _way(one: Series, scale: Scale) -> Iterator[Element]:
    """From "no change" before the first commit; interrupted where commits are missing."""
    path = f"M0 {_down(scale, 1.0):.2f}"
    for number, step in enumerate(one.steps, 1):
        path += f" {'M' if step.gap else 'L'}{_across(number, one):.2f} {_down(scale, step.level):.2f}"
    yield element("path", d=path, class_="way")
    if len(one.steps) > _MOST_DOTS:
        return
    # A line of no length has round ends: a dot that is not stretched.
    dots = "".join(
        f"M{_across(number, one):.2f} {_down(scale, step.level):.2f}h0" for number, step in enumerate(one.steps, 1)
    )
    yield element("path", d=dots, class_="dots")


def _labels(scale: Scale) -> Iterator[Element]:
    for tick in scale.ticks():
        share = _down(scale, tick) / _SIZE
        yield element("text", wording.tick(tick), x=_LABELS, y=share * _HEIGHT + 4, text_anchor="end")


def _across(number: int, one: Series) -> float:
    return _SIZE * (0.01 + 0.98 * number / len(one.steps))


def _down(scale: Scale, ratio: float) -> float:
    """Slower is higher, with a margin for the dots."""
    return _SIZE * (0.96 - 0.92 * scale.place(ratio))
