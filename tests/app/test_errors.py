"""Error pages: in the looks of the app, in plain words, and with nothing from the inside."""

from __future__ import annotations

import pytest
from flask import Flask, abort

from app import create_app
from app.config import Config
from app.release import Release


@pytest.fixture
def app() -> Flask:
    app = create_app(Config(), Release())

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("the password is xyzzy")

    @app.get("/teapot")
    def teapot() -> str:
        abort(418, "short and <stout>")

    return app


def main_part(html: str) -> str:
    return html.partition("<main>\n")[2].partition("  </main>")[0]


def test_an_unknown_address(app: Flask) -> None:
    answer = app.test_client().get("/nothing-here")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "<title>404: Page not found</title>" in answer.text
    assert main_part(answer.text) == """\
    <p class="eyebrow failed">Error 404</p>
    <h1>Page not found</h1>
    <p class="lead">There is nothing at this address. It may have moved, or been mistyped.</p>
    <p><a href="/">Back to the start page</a></p>
"""


def test_a_wrong_method_is_told_the_right_ones(app: Flask) -> None:
    answer = app.test_client().post("/")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "<h1>Not possible here</h1>" in answer.text


def test_an_exception_shows_its_number_and_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/broken", headers={"X-Request-Id": "abc-1"})
    assert answer.status_code == 500
    assert main_part(answer.text) == """\
    <p class="eyebrow failed">Error 500</p>
    <h1>Something broke</h1>
    <p class="lead">It is not your fault, and it has been logged under the number below.</p>
    <dl>
      <dt>Number</dt>
      <dd><code>abc-1</code></dd>
    </dl>
    <p><a href="/">Back to the start page</a></p>
"""


def test_any_other_error_has_a_page_too(app: Flask) -> None:
    answer = app.test_client().get("/teapot")
    assert answer.status_code == 418
    assert main_part(answer.text) == """\
    <p class="eyebrow failed">Error 418</p>
    <h1>I&#39;m a teapot</h1>
    <p class="lead">short and &lt;stout&gt;</p>
    <p><a href="/">Back to the start page</a></p>
"""


def test_a_host_that_can_not_be_is_a_wrong_request_and_one_line(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """No link can be made for it, so it gets Werkzeug's own page."""
    answer = app.test_client().get("/", headers={"Host": "a" * 64})
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (400, "nosniff")
    lines = capsys.readouterr().out.splitlines()
    assert [" status=400 " in line for line in lines] == [True]
