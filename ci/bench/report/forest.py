"""The forest plot: for each benchmark its ratio, the interval around it and the limit, below one another.

Places are percentages and sizes are pixels, so that it fits a phone and a wide screen without a script.
"""

from collections.abc import Iterator, Sequence
from xml.etree.ElementTree import Element

from ci.bench.report import wording
from ci.bench.report.markup import element
from ci.bench.report.scale import Scale, around
from ci.bench.results import Answer, Comparison, Interval, Result

_HEIGHT = 26  # of a row, in pixels
_MIDDLE = _HEIGHT / 2

#: Shapes around 0, 0, so that nobody needs to tell the colours apart: slower and faster point where they went.
_SHAPES: dict[Answer, str] = {
    "slower": "M-5 -6.5 L8 0 L-5 6.5 Z",
    "faster": "M5 -6.5 L-8 0 L5 6.5 Z",
    "same": "M-5 0 A5 5 0 1 0 5 0 A5 5 0 1 0 -5 0 Z",
    "unsure": "M0 -6.5 L6.5 0 L0 6.5 L-6.5 0 Z",
}


def plot(comparison: Comparison) -> Element:
    """The picture with its legend. The table on the same page says the same in words."""
    measured = [result for result in comparison.results if result.interval]
    scale = _scale(measured)
    groups = wording.by_file(comparison.results).items()
    return element(
        "div", _legend(measured), _axis(scale),
        *(part for file, group in groups for part in _group(file, group, scale)),
        class_="forest",
    )


def _scale(results: Sequence[Result]) -> Scale:
    """Room for all limits and intervals; a change of many times its limit would press the others together."""
    limits = [1 + result.tolerance for result in results] or [1.05]
    ends = [end for result in results if result.interval for end in (result.interval.low, result.interval.high)]
    return around([*ends, *(limit ** 1.5 for limit in limits)], widest=max(1.5, max(limits) ** 2))


def _legend(results: Sequence[Result]) -> Element:
    answers = {result.answer for result in results}
    entries = [
        element("li", element("svg", _shape(answer), width=18, height=18, viewBox="-9 -9 18 18", aria_hidden="true"),
                answer)
        for answer in _SHAPES if answer in answers
    ]
    limit = element("svg", element("rect", width=18, height=18, class_="beyond"),
                    element("line", x1=1, x2=1, y1=0, y2=18, class_="limit"), width=18, height=18, aria_hidden="true")
    return element("ul", *entries, element("li", limit, "more than allowed"), class_="legend", role="list")


def _axis(scale: Scale) -> Element:
    ticks = scale.ticks()
    labels = [
        element("text", wording.tick(tick), x=_percentage(scale.place(tick)), y=12, text_anchor="middle",
                class_="minor" if len(ticks) > 3 and (number - ticks.index(1)) % 2 else "major")
        for number, tick in enumerate(ticks)
    ]
    return element("div", element("svg", *labels, width="100%", height=16), class_="row axis", aria_hidden="true")


def _group(file: str, results: Sequence[Result], scale: Scale) -> Iterator[Element]:
    if file:
        yield element("h3", file)
    yield element("ol", *(_row(result, scale) for result in results), role="list")


def _row(result: Result, scale: Scale) -> Element:
    name = wording.parts(result.id)[1]
    said = wording.change(result.interval.ratio) if result.interval else result.answer
    return element(
        "li",
        element("span", name, class_="name"),
        _picture(result, scale),
        element("span", said, class_=f"change {result.answer}"),
        class_="row",
    )


def _picture(result: Result, scale: Scale) -> Element:
    limit = scale.place(1 + result.tolerance)
    parts = [
        element("rect", x=_percentage(limit), y=0, width=_percentage(1 - limit), height=_HEIGHT, class_="beyond"),
        *(_upright(scale.place(tick), "zero" if tick == 1 else "grid") for tick in scale.ticks()),
        _upright(limit, "limit"),
        *(_marks(result.answer, result.interval, scale) if result.interval else ()),
    ]
    name = wording.parts(result.id)[1]
    title = element("title", f"{name}: {_seen(result)}")
    return element("svg", title, *parts, width="100%", height=_HEIGHT, role="img")


def _seen(result: Result) -> str:
    if not result.interval:
        return result.answer
    seen = f"{result.answer}, {wording.change(result.interval.ratio)}, {wording.spread(result.interval)}"
    return f"{seen}; {wording.share(result.tolerance)} are allowed"


def _marks(answer: Answer, interval: Interval, scale: Scale) -> Iterator[Element]:
    low, high = scale.place(interval.low), scale.place(interval.high)
    ends = {"x1": _percentage(low), "x2": _percentage(high)}
    yield element("line", **ends, y1=_MIDDLE, y2=_MIDDLE, class_=f"interval {answer}")
    for inside, place in ((interval.low > scale.low, low), (interval.high < scale.high, high)):
        if inside:
            yield _upright(place, f"interval {answer}", top=_MIDDLE - 4, bottom=_MIDDLE + 4)
    # Only a nested picture can be moved by a percentage.
    yield element("svg", _shape(answer), x=_percentage(scale.place(interval.ratio)), y=_MIDDLE, class_="mark")


def _shape(answer: Answer) -> Element:
    return element("path", d=_SHAPES.get(answer, _SHAPES["same"]), class_=f"shape {answer}")


def _upright(place: float, kind: str, *, top: float = 0, bottom: float = _HEIGHT) -> Element:
    return element("line", x1=_percentage(place), x2=_percentage(place), y1=top, y2=bottom, class_=kind)


def _percentage(part: float) -> str:
    return f"{100 * part:.2f}%"
