"""Which release this is: read from `release.json` once, when the app starts.

`ci build` writes the file beside the folder `app`:

    {"release": "4f2a9c1d07be", "commit": "<40 hex digits>", "built": "2026-11-22T09:10:11Z",
     "checks": ["lint", "test (3.13)"], "repository": "https://github.com/owner/name"}

Only "release" has to be there; the others may be missing or null.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.config import RELEASE_NAME, ConfigError, quoted

DEVELOPMENT = "development"
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_LARGEST_FILE = 256 * 1024  # bytes
_MOST_CHECKS = 1000
_LONGEST_CHECK = 120  # characters


@dataclass(frozen=True)
class Release:
    """What is known about the running release. Only the name always is."""

    name: str = DEVELOPMENT
    commit: str | None = None
    built: datetime | None = None
    """In UTC."""
    checks: tuple[str, ...] = ()
    """The names of the pipeline's jobs that passed."""
    repository: str | None = None

    @property
    def is_development(self) -> bool:
        """Whether this is a working copy that nobody built."""
        return self.name == DEVELOPMENT

    @property
    def has_uncommitted_changes(self) -> bool:
        """Whether it was built from a working copy that differed from its commit."""
        return self.name.endswith("-dirty")

    @property
    def commit_url(self) -> str | None:
        """The page of the commit; GitHub, GitLab and Gitea share this form."""
        if self.commit is None or self.repository is None:
            return None
        return f"{self.repository}/commit/{self.commit}"


def load_release(folder: Path, name: str | None) -> Release:
    """Read `release.json` in `folder`; without the file, only `name` is known, or not even that.

    Raises:
        ConfigError: the file is there and is not right.
    """
    path = folder / "release.json"
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return Release(name or DEVELOPMENT)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return parse_release(content)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}. Build the release again, or delete the file") from None


def parse_release(content: bytes) -> Release:
    """Check the content of a `release.json`: it is shown on a page, so nothing is taken on trust.

    Raises:
        ConfigError: naming the key and its value.
    """
    if len(content) > _LARGEST_FILE:
        raise ConfigError(f"the file is larger than {_LARGEST_FILE} bytes")
    try:
        fields = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"this is not JSON: {error}") from None
    if not isinstance(fields, dict):
        raise ConfigError(f"the file must hold one JSON object, not {quoted(fields)}")
    return Release(
        name=_matching(fields, "release", RELEASE_NAME, "a commit, a version or a tag"),
        commit=_optional(fields, "commit", re.compile(r"[0-9a-f]{40}"), "40 hex digits"),
        built=_time(fields, "built"),
        checks=_checks(fields, "checks"),
        repository=_repository(fields, "repository"),
    )


def _wrong(fields: dict[str, Any], key: str, expected: str) -> ConfigError:
    found = quoted(fields[key]) if key in fields else "missing"
    return ConfigError(f'"{key}" must be {expected}, not {found}')


def _matching(fields: dict[str, Any], key: str, pattern: re.Pattern[str], expected: str) -> str:
    value = fields.get(key)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _wrong(fields, key, expected)
    return value


def _optional(fields: dict[str, Any], key: str, pattern: re.Pattern[str], expected: str) -> str | None:
    return None if fields.get(key) is None else _matching(fields, key, pattern, expected)


def _time(fields: dict[str, Any], key: str) -> datetime | None:
    if fields.get(key) is None:
        return None
    try:
        return datetime.strptime(fields[key], _TIME_FORMAT).replace(tzinfo=timezone.utc)
    except (TypeError, ValueError):
        raise _wrong(fields, key, "a time like 2026-11-22T09:10:11Z") from None


def _checks(fields: dict[str, Any], key: str) -> tuple[str, ...]:
    names = fields.get(key)
    if names is None:
        return ()
    if not isinstance(names, list) or len(names) > _MOST_CHECKS or not all(map(_is_check, names)):
        expected = f"at most {_MOST_CHECKS} names, each of 1 to {_LONGEST_CHECK} printable characters"
        raise _wrong(fields, key, expected)
    return tuple(names)


def _is_check(name: object) -> bool:
    return isinstance(name, str) and len(name) <= _LONGEST_CHECK and name.isprintable() and bool(name.strip())


def _repository(fields: dict[str, Any], key: str) -> str | None:
    """Only https: the address becomes a link, and a `javascript:` one would run."""
    address = _optional(fields, key, re.compile(r"https://[A-Za-z0-9._~:/+-]{1,300}"), "an https address")
    if address is None:
        return None
    try:
        parts = urlsplit(address)
        known = bool(parts.hostname) and parts.port != 0
    except ValueError:
        known = False
    if not known:
        raise _wrong(fields, key, "an https address")
    return address.rstrip("/").removesuffix(".git")
