"""The log: one line for each request, which nobody can forge, and tracebacks that can be found."""

import re

import pytest
from flask import Flask

from app import create_app
from app.config import Config
from app.logs import logfmt
from app.release import Release


def logged(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines so far, with times and durations masked."""
    text = re.sub(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z ", "time=T ", capsys.readouterr().out)
    return re.sub(r" ms=\d+\.\d ", " ms=N ", text).splitlines()


def test_a_request_writes_one_line(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """Also where the process has made another app before."""
    create_app(Config(), Release())
    sent = {"X-Request-Id": "abc-1", "User-Agent": "Mozilla/5.0 (X11)"}
    length = app.test_client().get("/?token=secret", headers=sent).content_length
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
    assert trace[-2:] == ["    RuntimeError: the password is", "    time=now level=info path=/forged"]
    assert all(line.startswith("    ") for line in trace)
    assert " path=/broken status=500 " in last and " request_id=abc-1 " in last


@pytest.mark.parametrize("sent", ["", "a b", 'a"b', "a=b", "\u00e4", "x" * 129])
def test_a_harmless_request_id_is_kept_and_any_other_replaced_by_a_new_one(app: Flask, sent: str) -> None:
    ids = ["5b9d6f0a-1c0e-4d4b-9a3e-0a1b2c3d4e5f", sent, sent]
    kept, *made = (app.test_client().get("/", headers={"X-Request-Id": one}).headers["X-Request-Id"] for one in ids)
    assert kept == ids[0]
    assert len(set(made)) == 2 and all(re.fullmatch(r"[0-9a-f]{32}", one) for one in made)


def test_behind_a_trusted_proxy_the_client_is_the_one_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    app = create_app(Config(trusted_proxies=1), Release())
    app.test_client().get("/", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
    assert " client=203.0.113.9 " in logged(capsys)[0]


def test_a_message_of_the_app_is_a_line_too(app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    app.logger.warning("the %s is full", "disk")
    assert logged(capsys) == ['time=T level=warning message="the disk is full"']


@pytest.mark.parametrize(
    ("field", "written"),
    [
        (12, "a=12"),
        (None, "a=-"),
        ("", 'a=""'),
        ("x=y", 'a="x=y"'),
        ("\x1b[31m\x7f", r'a="\u001b[31m\u007f"'),
        ("\u2028\ud800", r'a="\u2028\ud800"'),
        ("x" * 301, "a=" + "x" * 300),
    ],
)
def test_values_are_quoted_only_where_they_must_be(field: object, written: str) -> None:
    assert logfmt(a=field) == written
