"""Error pages: in the looks of the app, in plain words, and with nothing from the inside."""

import pytest
from flask import Flask, abort
from jinja2 import DictLoader

PAGE = """\
    <p class="eyebrow failed">Error {code}</p>
    <h1>{title}</h1>
    <p class="lead">{words}</p>
{more}    <p><a href="{start}/">Back to the start page</a></p>
"""


def page(code: int, title: str, words: str, *, more: str = "", start: str = "") -> str:
    """The main part of an error page."""
    return PAGE.format(code=code, title=title, words=words, more=more, start=start)


def main_part(html: str) -> str:
    return html.partition("<main>\n")[2].partition("  </main>")[0]


NOT_FOUND = "There is nothing at this address. It may have moved, or been mistyped."
WRONG_HOST = "Nothing is served here under the host name of this request."


def test_an_unknown_address(app: Flask) -> None:
    answer = app.test_client().get("/nothing-here")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "<title>404: Page not found</title>" in answer.text
    assert main_part(answer.text) == page(404, "Page not found", NOT_FOUND)


def test_a_wrong_method_is_told_the_right_ones(app: Flask) -> None:
    answer = app.test_client().post("/healthz")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert "<h1>Not possible here</h1>" in answer.text


def test_an_exception_shows_its_number_and_nothing_else(app: Flask) -> None:
    answer = app.test_client().get("/broken", headers={"X-Request-Id": "abc-1"})
    assert answer.status_code == 500
    words = "It is not your fault, and it has been logged under the number below."
    number = "    <dl>\n      <dt>Number</dt>\n      <dd><code>abc-1</code></dd>\n    </dl>\n"
    assert main_part(answer.text) == page(500, "Something broke", words, more=number)


def test_any_other_error_has_a_page_too(app: Flask) -> None:
    app.add_url_rule("/teapot", view_func=lambda: abort(418, "short and <stout>"))
    answer = app.test_client().get("/teapot")
    assert answer.status_code == 418
    assert main_part(answer.text) == page(418, "I&#39;m a teapot", "short and &lt;stout&gt;")


def test_below_a_path_of_a_proxy_the_links_begin_with_it(app: Flask) -> None:
    answer = app.test_client().get("/nothing-here", environ_overrides={"SCRIPT_NAME": "/shop"})
    assert main_part(answer.text) == page(404, "Page not found", NOT_FOUND, start="/shop")
    assert 'href="/shop/static/page.css"' in answer.text and 'href="/shop/healthz"' in answer.text


@pytest.mark.parametrize("host", ["evil.example", "a" * 64, "bad host", "["])
@pytest.mark.parametrize("path", ["/", "/nothing-here", "/static/page.css"])
def test_a_host_that_is_not_trusted_is_a_wrong_request_and_one_line(
    app: Flask, capsys: pytest.CaptureFixture[str], host: str, path: str
) -> None:
    """Flask can't build addresses for it. For some hosts, which can't be, that is so without TRUSTED_HOSTS too."""
    app.config["TRUSTED_HOSTS"] = ["shop.example.org"]
    overrides = {"HTTP_HOST": host, "SCRIPT_NAME": "/shop"}
    answer = app.test_client().get(path, environ_overrides=overrides)
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (400, "nosniff")
    assert main_part(answer.text) == page(400, "Wrong address", WRONG_HOST, start="/shop")
    assert 'href="/shop/static/page.css"' in answer.text
    lines = capsys.readouterr().out.splitlines()
    assert [" status=400 " in line for line in lines] == [True]


def test_an_error_page_that_can_not_be_shown_is_a_plain_one(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """As when what all pages have in common is broken: the status stays right, and the reason is in the log."""
    app.jinja_loader = DictLoader({"error.html": "{{ url_for('renamed') }}"})
    answer = app.test_client().get("/nothing-here")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")
    assert "<h1>Not Found</h1>" in answer.text
    log = capsys.readouterr().out
    assert 'level=error message="the error page can\'t be shown"' in log and "BuildError" in log
