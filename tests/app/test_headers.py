"""The headers of every answer."""

from __future__ import annotations

import pytest

from app import create_app
from app.config import Config
from app.release import Release

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}


def test_the_page_has_these_headers_and_no_others() -> None:
    answer = create_app(Config(), Release()).test_client().get("/", headers={"X-Request-Id": "abc"})
    assert dict(answer.headers) == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(answer.data)),
        "Cache-Control": "no-cache",
        "X-Request-Id": "abc",
        **SECURITY,
    }


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/page.css", "/nothing-here"])
def test_every_kind_of_answer_has_the_security_headers(path: str) -> None:
    headers = create_app(Config(), Release()).test_client().get(path, buffered=True).headers
    assert {name: headers[name] for name in SECURITY} == SECURITY


def test_only_https_is_told_to_stay_https() -> None:
    client = create_app(Config(), Release()).test_client()
    assert client.get("/", base_url="https://shop").headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/", base_url="http://shop").headers


@pytest.mark.parametrize(("proxies", "believed"), [(0, False), (1, True)])
def test_a_forwarded_scheme_counts_only_behind_a_trusted_proxy(proxies: int, believed: bool) -> None:
    client = create_app(Config(trusted_proxies=proxies), Release()).test_client()
    headers = client.get("/", headers={"X-Forwarded-Proto": "https"}).headers
    assert ("Strict-Transport-Security" in headers) is believed
