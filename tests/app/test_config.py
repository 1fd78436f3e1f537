"""The settings: what the environment may say, and what is said when it is wrong."""

import pytest

from app.config import Config, ConfigError

DEFAULTS = Config(port=8000, workers=2, trusted_proxies=0, release=None, on_heroku=False)


@pytest.mark.parametrize(
    ("environ", "config"),
    [
        ({}, DEFAULTS),
        (
            {"PORT": "5000", "WEB_CONCURRENCY": "4", "TRUSTED_PROXIES": "1", "RELEASE": "v1.2.3+4"},
            Config(port=5000, workers=4, trusted_proxies=1, release="v1.2.3+4", on_heroku=False),
        ),
        ({"DYNO": "web.1"}, Config(trusted_proxies=1, on_heroku=True)),
        ({"DYNO": "web.1", "TRUSTED_PROXIES": "2"}, Config(trusted_proxies=2, on_heroku=True)),
        ({"RELEASE": ""}, DEFAULTS),  # an image whose build names no release
    ],
)
def test_every_setting_comes_from_its_variable(environ: dict[str, str], config: Config) -> None:
    assert Config.from_environment(environ) == config


PORT = "PORT must be a whole number from 1 to 65535, not "
WORKERS = "WEB_CONCURRENCY must be a whole number from 1 to 256, not "
PROXIES = "TRUSTED_PROXIES must be a whole number from 0 to 16, not "
RELEASE = "RELEASE must be at most 64 letters, digits and . _ + - and begin with a letter or digit, not "


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("PORT", "", PORT + "''"),
        ("PORT", "abc", PORT + "'abc'"),
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
