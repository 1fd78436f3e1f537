"""The log: one line for each request, which nobody can forge, and tracebacks that can be found."""

from __future__ import annotations

import json
import re

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.config import Config
from app.logs import logfmt
from app.release import Release


@pytest.fixture
def app() -> Flask:
    app = create_app(Config(), Release())

    @app.get("/broken")
    def broken() -> str:
        raise RuntimeError("x\ntime=now level=info path=/forged")

    return app


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines so far, with times and durations masked."""
    text = re.sub(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", "time=T ", capsys.readouterr().out)
    return re.sub(r" ms=\d+\.\d ", " ms=N ", text).splitlines()


def test_a_request_writes_one_line(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    length = app.test_client().get(
        "/?token=secret", headers={"X-Request-Id": "abc-1", "User-Agent": "Mozilla/5.0 (X11)"}
    ).content_length
    assert logged(capsys) == [
        f"time=T level=info method=GET path=/ status=200 ms=N bytes={length} request_id=abc-1 "
        'client=127.0.0.1 agent="Mozilla/5.0 (X11)"'
    ]


def test_nobody_can_forge_a_line(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.test_client().get('/%0Atime=now%20"x"%5C', headers={"User-Agent": 'a" status="200'})
    (line,) = logged(capsys)
    assert r' path="/\ntime=now \"x\"\\" status=404 ' in line
    assert line.endswith(r' agent="a\" status=\"200"')


def test_an_exception_is_logged_with_the_number_that_the_client_gets(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    app.test_client().get("/broken", headers={"X-Request-Id": "abc-1"})
    first, *trace, last = logged(capsys)
    assert first == 'time=T level=error message="Exception on /broken [GET]" request_id=abc-1'
    assert trace[0] == "    Traceback (most recent call last):"
    assert trace[-2:] == ["    RuntimeError: x", "    time=now level=info path=/forged"]
    assert all(line.startswith("    ") for line in trace)
    assert " path=/broken status=500 " in last and " request_id=abc-1 " in last


def test_a_harmless_request_id_is_kept(app: Flask) -> None:
    heroku = "5b9d6f0a-1c0e-4d4b-9a3e-0a1b2c3d4e5f"
    assert app.test_client().get("/", headers={"X-Request-Id": heroku}).headers["X-Request-Id"] == heroku


@pytest.mark.parametrize("sent", ["", "a b", 'a"b', "a=b", "\u00e4", "x" * 129])
def test_any_other_request_id_is_replaced(app: Flask, sent: str) -> None:
    answer = app.test_client().get("/", headers={"X-Request-Id": sent})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["X-Request-Id"])


def test_requests_without_an_id_get_different_ones(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/").headers["X-Request-Id"] != client.get("/").headers["X-Request-Id"]


def test_behind_a_trusted_proxy_the_client_is_the_one_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(Config(trusted_proxies=1), Release())
    app.test_client().get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert " client=203.0.113.9 " in logged(capsys)[0]


def test_a_message_of_the_app_is_a_line_too(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.logger.warning("the %s is full", "disk")
    assert logged(capsys) == ['time=T level=warning message="the disk is full"']


def test_two_apps_in_one_process_do_not_log_twice(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    create_app(Config(), Release())
    app.test_client().get("/")
    assert len(logged(capsys)) == 1


@pytest.mark.parametrize(
    ("field", "written"),
    [
        ("plain/path-1.css", "a=plain/path-1.css"),
        (12, "a=12"),
        (None, "a=-"),
        ("", 'a=""'),
        ("two words", 'a="two words"'),
        ("x=y", 'a="x=y"'),
        ("\x1b[31m\x7f", r'a="\u001b[31m\u007f"'),
        ("\u2028\ud800", r'a="\u2028\ud800"'),
        ("x" * 301, "a=" + "x" * 300),
    ],
)
def test_values_are_quoted_only_where_they_must_be(field: object, written: str) -> None:
    assert logfmt(a=field) == written


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_value_can_be_read_back(first: str, second: str) -> None:
    line = logfmt(a=first, b=second)
    assert line.isascii() and line.isprintable()
    fields = re.fullmatch(r'a=("(?:[^"\\]|\\.)*"|[^" ]+) b=("(?:[^"\\]|\\.)*"|[^" ]+)', line)
    assert fields is not None
    assert [json.loads(text) if text.startswith('"') else text for text in fields.groups()] == [first, second]
