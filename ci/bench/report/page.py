"""`reports/benchmark.html`: the comparison as one page without scripts or other files."""

import base64
import hashlib
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from ci.bench.drift import Drift, drifts
from ci.bench.history import History, Series, series
from ci.bench.report import curve, forest, markup, wording
from ci.bench.report.markup import element
from ci.bench.report.style import STYLE
from ci.bench.results import Comparison, Result

_COLUMNS = ("Benchmark", "Base", "Head", "Change", "Interval", "Allowed", "Answer")


def render(comparison: Comparison, *, strict: bool = False, history: History = History()) -> str:
    """The page. With runs in ``history``, the way of each benchmark is drawn too."""
    failed = [result for result in comparison.results if wording.failing(result, strict=strict)]
    main = element("main", *_header(comparison, failed))
    main.extend(_failures(comparison, failed))
    main.extend(_results(comparison))
    main.extend(_history(history))
    body = element("body", main)
    return markup.page(element("html", _head(_headline(failed, comparison)), body, lang="en"))


def _head(title: str) -> Element:
    """The policy allows the one style sheet by its digest, and nothing else: no script, no other file."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"Benchmarks: {title}"),
        element("style", STYLE),
    )


def _headline(failed: Sequence[Result], comparison: Comparison) -> str:
    count = len(comparison.results)
    named = failed or [result for result in comparison.results if result.answer == "unsure"]
    if not named:
        return "Nothing is slower" if count else "No benchmarks"
    answers = {result.answer for result in named}
    said = f"{'is' if len(named) == 1 else 'are'} {answers.pop()}" if len(answers) == 1 else "fail"
    return f"{len(named)} of {count} benchmark{'' if count == 1 else 's'} {said}"


def _header(comparison: Comparison, failed: Sequence[Result]) -> list[Element]:
    facts = [
        ("Base", wording.commit(comparison.base) if comparison.base else "none: nothing to compare with"),
        ("Head", wording.commit(comparison.head)),
        ("Measured", f"{wording.moment(comparison.time)}, for {comparison.seconds:.0f} s"),
        ("Machine", comparison.machine),
    ]
    cells = [cell for name, value in facts for cell in (element("dt", name), element("dd", value))]
    return [
        element("p", "Benchmark gate", class_="eyebrow"),
        element("h1", _headline(failed, comparison), class_="slower" if failed else "passed"),
        element("dl", *cells),
    ]


def _failures(comparison: Comparison, failed: Sequence[Result]) -> list[Element]:
    if not failed:
        return []
    entries = []
    for result in failed:
        first, *more = wording.explanation(result, comparison.base).splitlines()
        entry = element("li", element("p", element("code", result.id)), element("p", wording.together(first)))
        if more:
            entry.append(element("pre", "\n".join(more)))
        entries.append(entry)
    advice = [wording.next_step(failed, comparison.base), wording.more_certainty(failed)]
    return [
        element("h2", "What failed"),
        element("ul", *entries, class_="failed", role="list"),
        *(element("pre", text) for text in advice if text),
    ]


def _results(comparison: Comparison) -> list[Element]:
    if not comparison.results:
        return []
    return [
        element("h2", "Change of the time per call"),
        forest.plot(comparison),
        element("h2", "In numbers"),
        _table(comparison),
    ]


def _table(comparison: Comparison) -> Element:
    head = element("thead", element("tr", *(element("th", name, scope="col") for name in _COLUMNS)))
    caption = element("caption", "Medians of the time per call, and head compared with base.")
    bodies = [
        element("tbody", element("tr", element("th", file, scope="rowgroup", colspan=len(_COLUMNS))), *map(_row, group))
        for file, group in wording.by_file(comparison.results).items()
    ]
    return element("table", caption, head, *bodies)


def _row(result: Result) -> Element:
    return element(
        "tr", element("th", element("code", wording.parts(result.id)[1]), scope="row"),
        *(element("td", cell, data_label=name) for name, cell in zip(_COLUMNS[1:-1], _cells(result))),
        element("td", result.answer, class_=f"answer {result.answer}"),
    )


def _cells(result: Result) -> list[str]:
    interval = result.interval
    compared = [wording.change(interval.ratio), wording.spread(interval)] if interval else ["", ""]
    return [wording.time(result.base), wording.time(result.head), *compared, wording.share(result.tolerance)]


def _history(history: History) -> list[Element]:
    every = series(history)
    if not every:
        return []
    by_id = {drift.id: drift for drift in drifts(history)}
    sentences = [
        element("li", element("p", element("code", one.id)), element("p", wording.together(wording.drift(one))))
        for one in by_id.values()
    ]
    return [
        element("h2", f"The last {len(history.runs)} commits" if len(history.runs) > 1 else "The last commit"),
        element("p", "The product of all changes since the first of these commits. Up is slower.", class_="note"),
        *([element("ul", *sentences, class_="failed", role="list")] if sentences else []),
        element("div", *(_curve(one, by_id.get(one.id)) for one in every), class_="curves"),
    ]


def _curve(one: Series, drift: Drift | None) -> Element:
    name = wording.parts(one.id)[1]
    change = element("span", wording.change(one.level), class_=f"change {'slower' if drift else ''}".strip())
    caption = element("figcaption", element("span", name, class_="name"), change)
    return element("figure", caption, curve.picture(one, drift))
