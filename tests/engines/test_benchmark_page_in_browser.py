"""The benchmark page in a real browser: on a phone, light and dark, without a script, with no complaint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ci.bench.history import History
from ci.bench.report import page
from ci.bench.results import Result
from tests.ci.bench import comparisons
from tests.ci.bench.histories import drifting
from tests.engines.browser import CONTRAST, CONTRASTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.engine

_LONG = Result(
    id=f"tests/{'benchmarks' * 12}.py::test_{'index' * 20}[{'x' * 200}]", group=None, answer="broken", tolerance=0.05,
    message=f"ValueError: {'y' * 200}\n{'z' * 400}",
)
PAGES = {
    "one": page.render(comparisons.comparison(comparisons.result("test_home", "same", 1.004))),
    "every-answer": page.render(comparisons.EVERY, strict=True, history=drifting()),
    "sixty": page.render(comparisons.many(60)),
    "long-names": page.render(comparisons.comparison(_LONG, *comparisons.EVERY.results)),
    "none": page.render(comparisons.comparison(), history=History()),
}
every_page = pytest.mark.parametrize("name", PAGES)

# The contrast of every mark and line that carries a meaning with what may lie behind it: paper or the shaded part.
_MARKS = "() => {" + CONTRAST + """
    const behind = [
        getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector(".beyond")).fill,
    ];
    return [...document.querySelectorAll(".shape, .interval, .limit, .way")].flatMap(
        mark => behind.map(colour => [mark.getAttribute("class"), contrast(getComputedStyle(mark).stroke, colour)]));
}"""


@pytest.fixture
def opened(new_page: Callable[..., Page], tmp_path: Path) -> Callable[..., Page]:
    """Open one of PAGES as people do, from a file; options as for Playwright's `new_page`."""

    def open_page(name: str, **options: Any) -> Page:
        file = tmp_path / f"{name}.html"
        file.write_text(PAGES[name], encoding="utf-8")
        shown = new_page(**options)
        shown.goto(file.as_uri())
        return shown

    return open_page


@every_page
def test_nothing_is_wider_than_a_small_phone(opened: Callable[..., Page], name: str) -> None:
    shown = opened(name, viewport={"width": 320, "height": 640})
    assert shown.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_and_every_mark_stands_out_from_what_is_behind_it(
    opened: Callable[..., Page], scheme: str
) -> None:
    """WCAG 2.2: 4.5 for texts (1.4.3), 3 for what is drawn (1.4.11)."""
    shown = opened("every-answer", color_scheme=scheme)
    texts, marks = shown.evaluate(CONTRASTS), shown.evaluate(_MARKS)
    assert len(texts) > 50 and len(marks) > 20
    assert [(text, contrast) for text, contrast in texts if contrast < 4.5] == []
    assert [(mark, contrast) for mark, contrast in marks if contrast < 3] == []


def test_the_two_colour_schemes_differ(opened: Callable[..., Page]) -> None:
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (opened("one", color_scheme=scheme).evaluate(colour) for scheme in ("light", "dark"))
    assert light != dark


@every_page
def test_the_browser_has_nothing_to_complain_about(
    new_page: Callable[..., Page], tmp_path: Path, name: str
) -> None:
    """Among others about the policy that the page gives itself, which it reports on the console."""
    (tmp_path / "page.html").write_text(PAGES[name], encoding="utf-8")
    shown, complaints = new_page(), list[str]()
    shown.on("console", lambda message: complaints.append(message.text))
    shown.on("pageerror", lambda error: complaints.append(str(error)))
    shown.on("request", lambda request: complaints.append(request.url))
    shown.goto((tmp_path / "page.html").as_uri(), wait_until="networkidle")
    shown.close()
    assert complaints == [(tmp_path / "page.html").as_uri()]


def test_the_policy_refuses_any_script(opened: Callable[..., Page]) -> None:
    shown = opened("one")
    shown.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
    }""")
    assert shown.evaluate("window.ran") is None


def test_without_scripts_all_is_there(opened: Callable[..., Page]) -> None:
    shown = opened("every-answer", java_script_enabled=False)
    assert shown.locator("h1").inner_text() == "3 of 7 benchmarks fail"
    assert shown.get_by_role("row", name="test_index[large]").get_by_role("cell").all_inner_texts() == [
        "1.23 ms", "1.38 ms", "+12.3 %", "+11.2 to +13.5 %", "5 %", "slower",
    ]
    assert shown.get_by_role("img", name="test_index[large]: slower, +12.3 %").count() == 1
    assert shown.get_by_role("img", name="test_home over 40 commits").count() == 1


def test_a_mark_lies_where_its_number_is(opened: Callable[..., Page]) -> None:
    """The slower ones right of their limit, the faster ones left of no change; on a phone too."""
    for width in (320, 1200):
        shown = opened("every-answer", viewport={"width": width, "height": 800})
        row = shown.get_by_role("img", name="test_index[large]: slower")
        middle = "([...all]) => all.map(one => one.getBoundingClientRect()).map(box => box.left + box.width / 2)"
        (zero,), (limit,), (mark,) = (
            row.locator(part).evaluate_all(middle) for part in (".zero", ".limit", ".mark .shape")
        )
        assert zero < limit < mark
