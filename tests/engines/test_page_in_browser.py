"""The pages in a real browser: on a phone, light and dark, without scripts, with no complaint."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from app import create_app
from app.config import Config
from app.release import Release
from tests.engines.browser import CONTRASTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.engine

_COMMIT = "4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455"
_BUILT = datetime(2026, 11, 22, 9, 10, 11, tzinfo=timezone.utc)
_MATRIX = tuple(f"test ({number}, windows)" for number in range(60))
RELEASES = {
    "development": Release(),
    "usual": Release("4f2a9c1d07be", _COMMIT, _BUILT, ("lint", "test"), "https://github.com/example/shop"),
    "long": Release("x" * 58 + "-dirty", _COMMIT, _BUILT, ("w" * 120, *_MATRIX)),
}
every_page = pytest.mark.parametrize(
    ("address", "path"),
    [
        ("development", "/"),
        ("usual", "/"),
        ("long", "/"),
        ("usual", "/nothing-here"),
        ("usual", "/broken"),
    ],
    indirect=["address"],
)


class _QuietRequestHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Write nothing."""


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a running app; the parameter names one of the releases above."""
    app = create_app(Config(), RELEASES[getattr(request, "param", "usual")])
    app.logger.setLevel(logging.CRITICAL)  # the browser still asks for the icon when a test is over

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError

    with make_server("127.0.0.1", 0, app, threaded=True, request_handler=_QuietRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def open_page(new_page: Callable[..., Page], address: str) -> Callable[..., Page]:
    """Open a path of the app; options as for Playwright's `new_page`."""

    def opened(path: str, **options: Any) -> Page:
        page = new_page(**options)
        page.goto(address + path)
        return page

    return opened


@every_page
def test_nothing_is_wider_than_a_small_phone(open_page: Callable[..., Page], path: str) -> None:
    page = open_page(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_background(
    open_page: Callable[..., Page], path: str, scheme: str
) -> None:
    contrasts = open_page(path, color_scheme=scheme).evaluate(CONTRASTS)
    assert len(contrasts) > 3
    assert [(text, contrast) for text, contrast in contrasts if contrast < 4.5] == []


def test_the_two_colour_schemes_differ(open_page: Callable[..., Page]) -> None:
    """Else the contrasts above would be those of one of them, twice."""
    colour = "getComputedStyle(document.body).backgroundColor"
    light, dark = (open_page("/", color_scheme=scheme).evaluate(colour) for scheme in ("light", "dark"))
    assert light != dark


def test_the_browser_has_nothing_to_complain_about(new_page: Callable[..., Page], address: str) -> None:
    """Among others about the Content-Security-Policy, which it reports on the console."""
    page = new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(address, wait_until="networkidle")
    page.close()
    assert complaints == []


def test_the_page_needs_no_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", java_script_enabled=False)
    assert (page.title(), page.locator("h1").inner_text()) == ("Release 4f2a9c1d07be", "4f2a9c1d07be")
    assert page.get_by_role("listitem").all_inner_texts() == ["lint", "test"]


def test_the_keyboard_s_place_can_be_seen(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.keyboard.press("Tab")
    focused = "(({tagName}, {outlineStyle}) => [tagName, outlineStyle])"
    assert page.evaluate(f"{focused}(document.activeElement, getComputedStyle(document.activeElement))") == [
        "A",
        "solid",
    ]
