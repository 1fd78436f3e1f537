"""The headers of every answer, and which static files browsers may keep."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.release import Release

SECURITY = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
KEEP = "public, max-age=31536000, immutable"


@pytest.fixture
def release() -> FlaskClient:
    """A client of a release, whose files don't change."""
    return create_app(Config(), Release("v1")).test_client()


def test_the_page_has_these_headers_and_no_others(app: Flask) -> None:
    answer = app.test_client().get("/", headers={"X-Request-Id": "abc"})
    assert dict(answer.headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(answer.data)),
        "Cache-Control": "no-cache",
        "X-Request-Id": "abc",
        **SECURITY,
    }


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/page.css", "/nothing-here", "/broken"])
def test_every_kind_of_answer_has_the_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path, buffered=True).headers
    assert {name: headers[name] for name in SECURITY} == SECURITY


@pytest.mark.parametrize(
    ("url", "proxies", "told"),
    [("https://shop", 0, "max-age=31536000"), ("http://shop", 0, None), ("http://shop", 1, "max-age=31536000")],
)
def test_only_https_is_told_to_stay_https_and_only_a_trusted_proxy_believed(
    url: str, proxies: int, told: str | None
) -> None:
    client = create_app(Config(trusted_proxies=proxies), Release()).test_client()
    headers = client.get("/", base_url=url, headers={"X-Forwarded-Proto": "https"}).headers
    assert headers.get("Strict-Transport-Security") == told


def test_every_static_address_in_the_page_may_be_kept(release: FlaskClient) -> None:
    addresses = re.findall(r'href="(/static/[^"]+)"', release.get("/").text)
    assert [address.partition("?v=")[0] for address in addresses] == ["/static/icon.svg", "/static/page.css"]
    answers = [release.get(address, buffered=True) for address in addresses]
    assert [answer.headers["Cache-Control"] for answer in answers] == [KEEP, KEEP]


def test_an_address_of_another_release_is_answered_but_not_kept(release: FlaskClient) -> None:
    answer = release.get("/static/page.css?v=0123456789ab", buffered=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")
    missing = release.get("/static/nothing.css?v=0123456789ab")
    assert (missing.status_code, missing.headers["Cache-Control"]) == (404, "no-store")


def test_in_development_files_change_so_nothing_is_kept(app: Flask) -> None:
    client = app.test_client()
    assert 'href="/static/page.css"' in client.get("/").text
    assert client.get("/static/page.css", buffered=True).headers["Cache-Control"] == "no-cache"
