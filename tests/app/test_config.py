"""The settings: what the environment may say, and what is said when it is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import Config, ConfigError


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Config.from_environment({}) == Config(
        port=8000, workers=2, trusted_proxies=0, release=None, on_heroku=False
    )


def test_every_setting_comes_from_its_variable() -> None:
    environ = {"PORT": "5000", "WEB_CONCURRENCY": "4", "TRUSTED_PROXIES": "1", "RELEASE": "v1.2.3+4"}
    assert Config.from_environment(environ) == Config(
        port=5000, workers=4, trusted_proxies=1, release="v1.2.3+4", on_heroku=False
    )


def test_on_heroku_one_proxy_is_trusted_unless_told_otherwise() -> None:
    assert Config.from_environment({"DYNO": "web.1"}).trusted_proxies == 1
    assert Config.from_environment({"DYNO": "web.1", "TRUSTED_PROXIES": "2"}).trusted_proxies == 2


def test_an_empty_release_is_no_release() -> None:
    """The image sets RELEASE empty when the build names none."""
    assert Config.from_environment({"RELEASE": ""}).release is None


PORT = "PORT must be a whole number from 1 to 65535, not "
WORKERS = "WEB_CONCURRENCY must be a whole number from 1 to 256, not "
PROXIES = "TRUSTED_PROXIES must be a whole number from 0 to 16, not "
RELEASE = "RELEASE must be at most 64 letters, digits and . _ + - and begin with a letter or digit, not "


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "", PORT + "''"),
        ("PORT", "abc", PORT + "'abc'"),
        ("PORT", "0x50", PORT + "'0x50'"),
        ("PORT", "8_000", PORT + "'8_000'"),
        ("PORT", " 8000", PORT + "' 8000'"),
        ("PORT", "8000\n", PORT + r"'8000\n'"),
        ("PORT", "\u0664\u0662", PORT + r"'\u0664\u0662'"),
        ("PORT", "-1", PORT + "'-1'"),
        ("PORT", "0", PORT + "'0'"),
        ("PORT", "65536", PORT + "'65536'"),
        ("PORT", "9" * 5000, PORT + "'" + "9" * 75 + " ..."),
        ("WEB_CONCURRENCY", "", WORKERS + "''"),
        ("WEB_CONCURRENCY", "0", WORKERS + "'0'"),
        ("TRUSTED_PROXIES", "-1", PROXIES + "'-1'"),
        ("TRUSTED_PROXIES", "17", PROXIES + "'17'"),
        ("RELEASE", "<b>", RELEASE + "'<b>'"),
        ("RELEASE", "-x", RELEASE + "'-x'"),
        ("RELEASE", "a" * 65, RELEASE + "'" + "a" * 65 + "'"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_right(name: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config.from_environment({name: value})
    assert str(caught.value) == message


@given(st.dictionaries(st.sampled_from(["PORT", "WEB_CONCURRENCY", "TRUSTED_PROXIES", "RELEASE"]), st.text()))
def test_no_value_does_worse_than_one_line(environ: dict[str, str]) -> None:
    try:
        config = Config.from_environment(environ)
    except ConfigError as error:
        assert str(error).isascii() and str(error).isprintable()
    else:
        assert config.port in range(1, 65536) and config.workers > 0
