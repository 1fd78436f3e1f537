"""The one place that reads the environment, for the app and for `gunicorn.conf.py`.

`gunicorn.conf.py` runs this file by its path, so it imports nothing from the package `app`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# A release name goes into pages, logs and addresses: a commit, a version or a tag, nothing else.
RELEASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")


class ConfigError(Exception):
    """A setting is not right. The message names it, its value and what it has to be."""


@dataclass(frozen=True)
class Config:
    """The settings of one server."""

    port: int = 8000
    workers: int = 2
    trusted_proxies: int = 0
    """How many proxies in front of the server set X-Forwarded-For and X-Forwarded-Proto."""
    release: str | None = None
    """The release's name for a build without `release.json`."""
    on_heroku: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Config:
        """Read PORT, WEB_CONCURRENCY, TRUSTED_PROXIES and RELEASE; what is not set keeps its default.

        Heroku sets DYNO in every process and puts exactly one proxy, its router, in front.

        Raises:
            ConfigError: a value is not right.
        """
        on_heroku = "DYNO" in environ
        return cls(
            port=_whole_number(environ, "PORT", cls.port, lowest=1, highest=65535),
            workers=_whole_number(environ, "WEB_CONCURRENCY", cls.workers, lowest=1, highest=256),
            trusted_proxies=_whole_number(environ, "TRUSTED_PROXIES", int(on_heroku), lowest=0, highest=16),
            release=_release_name(environ),
            on_heroku=on_heroku,
        )


def _whole_number(environ: Mapping[str, str], name: str, default: int, *, lowest: int, highest: int) -> int:
    text = environ.get(name)
    if text is None:
        return default
    # Plain digits only: int() would also take "1_000", " 8 " and digits of other scripts.
    if not re.fullmatch(r"[0-9]{1,9}", text) or not lowest <= int(text) <= highest:
        raise ConfigError(f"{name} must be a whole number from {lowest} to {highest}, not {quoted(text)}")
    return int(text)


def _release_name(environ: Mapping[str, str]) -> str | None:
    text = environ.get("RELEASE", "")
    if text and not RELEASE_NAME.fullmatch(text):
        raise ConfigError(
            "RELEASE must be at most 64 letters, digits and . _ + - and begin with a letter or digit, "
            f"not {quoted(text)}"
        )
    return text or None  # the image sets it empty if the build did not name a release


def quoted(value: object) -> str:
    """Show a value in an error message: on one line, in ASCII, and not at any length."""
    text = ascii(value)
    return text if len(text) <= 80 else f"{text[:76]} ..."
