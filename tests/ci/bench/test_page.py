"""The page with the forest plot: whole in itself, and true to the numbers."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci.bench.report import forest, page
from ci.bench.report.scale import Scale, around
from ci.bench.results import Comparison, Interval, Result
from tests.ci.bench import comparisons
from tests.ci.bench.histories import drifting


class Outline(HTMLParser):
    """What a browser would see: the texts, the names of elements and attributes, and whether all are closed."""

    VOID = {"meta"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_the_policy_allows_this_style_sheet_and_nothing_else() -> None:
    text = page.render(comparisons.EVERY)
    style = text.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'<meta http-equiv="Content-Security-Policy" content="{policy}">' in text


def test_the_page_needs_no_script_and_no_other_file() -> None:
    outline = Outline(page.render(comparisons.EVERY, history=drifting()))
    assert outline.open == []
    assert not outline.tags & {"script", "link", "img", "iframe", "object", "use", "image", "foreignobject"}
    assert not outline.attributes & {"src", "href", "style", "onload", "onclick"}


@pytest.mark.parametrize(
    ("comparison", "headline"),
    [
        (comparisons.EVERY, "2 of 7 benchmarks fail"),
        (comparisons.many(10), "1 of 10 benchmarks is slower"),
        (comparisons.many(60), "6 of 60 benchmarks are slower"),
        (comparisons.comparison(comparisons.result("test_home", "broken")), "1 of 1 benchmark is broken"),
        (comparisons.comparison(comparisons.result("test_home", "same", 1.0)), "Nothing is slower"),
        (comparisons.comparison(comparisons.result("test_home", "unsure", 1.04)), "1 of 1 benchmark is unsure"),
        (comparisons.comparison(), "No benchmarks"),
    ],
)
def test_the_headline_says_what_matters(comparison: Comparison, headline: str) -> None:
    assert re.findall("<h1[^>]*>(.*)</h1>", page.render(comparison)) == [headline]


def test_commits_machine_and_time_are_named() -> None:
    facts = page.render(comparisons.EVERY).partition("<dl>")[2].partition("</dl>")[0]
    assert re.findall("<d[td]>(.*?)</d[td]>", facts) == [
        "Base", "main (4f2a9c1d07)", "Head", "HEAD (9e0f112233)",
        "Measured", "22 November 2026, 09:10 UTC, for 42 s", "Machine", "2 cores, Linux 6.1, Python 3.11.2",
    ]


def test_the_table_says_all_that_the_picture_shows() -> None:
    table = page.render(comparisons.EVERY).partition("<tbody>")[2].partition("</tbody>")[0]
    rows = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row) for row in table.split("</tr>")]
    assert rows[:3] == [
        ["tests/benchmarks/test_app.py"],
        ["<code>test_home</code>", "1.23 ms", "1.23 ms", "+0.4 %", "-0.7 to +1.6 %", "5 %", "same"],
        ["<code>test_index[large]</code>", "1.23 ms", "1.38 ms", "+12.3 %", "+11.2 to +13.5 %", "5 %", "slower"],
    ]


def test_a_picture_says_to_screen_readers_what_it_shows() -> None:
    assert re.findall("<title>(test_.*?)</title>", page.render(comparisons.EVERY))[:3] == [
        "test_home: same, +0.4 %, -0.7 to +1.6 %; 5 % are allowed",
        "test_index[large]: slower, +12.3 %, +11.2 to +13.5 %; 5 % are allowed",
        "test_health: faster, -12.6 %, -13.7 to -11.4 %; 5 % are allowed",
    ]


def test_each_answer_has_a_shape_of_its_own() -> None:
    """Not a colour alone."""
    text = page.render(comparisons.EVERY)
    shapes = dict(re.findall('<path d="([^"]*)" class="shape (?:slower|faster|same|unsure)">', text)
                  and [(kind, d) for d, kind in re.findall('<path d="([^"]*)" class="shape ([a-z]*)">', text)])
    assert len(shapes) == len(set(shapes.values())) == 4


def test_no_change_is_in_the_middle_and_the_limit_right_of_it() -> None:
    text = page.render(comparisons.EVERY)
    limit = float(re.findall('<line x1="([0-9.]+)%"[^>]*class="limit"', text)[0])
    assert 'x1="50.00%" x2="50.00%" y1="0" y2="26" class="zero"' in text
    assert 50 < limit < 100


def test_a_huge_change_stays_in_the_picture_and_does_not_press_the_others_together() -> None:
    huge = Result(id="a.py::huge", group=None, answer="slower", tolerance=0.05, interval=Interval(40, 30, 50))
    small = Result(id="a.py::small", group=None, answer="slower", tolerance=0.05, interval=Interval(1.1, 1.09, 1.11))
    text = page.render(comparisons.comparison(huge, small))
    places = [float(place) for place in re.findall(r'<svg x="([0-9.]+)%"', text)]
    assert places[0] == 100 and 60 < places[1] < 90
    assert "+3,900 %" in text


def test_the_history_names_its_drift_and_shades_it() -> None:
    text = page.render(comparisons.EVERY, history=drifting())
    assert "The last 40 commits" in text
    assert "about 1.1\N{NO-BREAK SPACE}% each, since" in text
    assert text.count('class="way"') == 2 and len(re.findall('height="100" class="beyond"', text)) == 1


@settings(max_examples=40)
@given(name=st.text(), message=st.text(), machine=st.text())
def test_whatever_a_name_holds_is_text(name: str, message: str, machine: str) -> None:
    hostile = Result(id=f"a.py::<script>{name}", group=None, answer="broken", tolerance=0.05, message=message)
    made = Comparison(
        base=comparisons.BASE, head=comparisons.HEAD, results=(hostile,), seconds=1.0, time=message, machine=machine
    )
    text = page.render(made)
    outline = Outline(text)
    assert outline.open == [] and "script" not in outline.tags
    assert text.encode("utf-8").decode("utf-8") == text


@given(ratio=st.floats(0.01, 100), widest=st.floats(1.05, 100))
def test_every_scale_has_no_change_in_its_middle(ratio: float, widest: float) -> None:
    scale = around([ratio], widest=widest)
    assert scale.place(1.0) == pytest.approx(0.5)
    assert 1.0 in scale.ticks() and len(scale.ticks()) <= 5
    assert all(0 <= scale.place(tick) <= 1 for tick in scale.ticks())


def test_the_ticks_are_round() -> None:
    assert Scale(1 / 1.14, 1.14).ticks() == pytest.approx([0.9, 0.95, 1.0, 1.05, 1.1])
    assert Scale(1 / 3.5, 3.5).ticks() == pytest.approx([1.0, 2.0, 3.0])


def test_without_measured_benchmarks_there_is_still_a_scale() -> None:
    alone = comparisons.comparison(comparisons.result("test_home", "new"))
    assert forest.plot(alone).tag == "div"
