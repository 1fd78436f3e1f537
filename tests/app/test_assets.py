"""Static files: kept for a year under an address that holds their hash, else asked for again."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app import create_app
from app.config import Config
from app.release import Release

KEEP = "public, max-age=31536000, immutable"


@pytest.fixture
def client() -> FlaskClient:
    return create_app(Config(), Release("v1")).test_client()


def test_every_address_in_the_page_may_be_kept(client: FlaskClient) -> None:
    addresses = re.findall(r'href="(/static/[^"]+)"', client.get("/").text)
    assert [address.partition("?v=")[0] for address in addresses] == ["/static/icon.svg", "/static/page.css"]
    answers = [client.get(address, buffered=True) for address in addresses]
    assert [answer.headers["Cache-Control"] for answer in answers] == [KEEP, KEEP]


def test_an_address_of_another_release_is_answered_but_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/page.css?v=0123456789ab", buffered=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_a_missing_file_is_not_kept(client: FlaskClient) -> None:
    answer = client.get("/static/nothing.css?v=0123456789ab")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_in_development_files_change_so_nothing_is_kept() -> None:
    client = create_app(Config(), Release()).test_client()
    assert 'href="/static/page.css"' in client.get("/").text
    assert client.get("/static/page.css", buffered=True).headers["Cache-Control"] == "no-cache"
