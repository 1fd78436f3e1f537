"""`release.json`: what it may hold, and what is said when it is broken."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.config import ConfigError
from app.release import Release, load_release, parse_release

COMMIT = "4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455"
WHOLE = {
    "release": "4f2a9c1d07be",
    "commit": COMMIT,
    "built": "2026-11-22T09:10:11Z",
    "checks": ["lint", "test (3.11)", "test (3.13)", "benchmark"],
    "repository": "https://github.com/example/shop",
}


def parse(**fields: object) -> Release:
    return parse_release(json.dumps({"release": "v1", **fields}).encode())


def message(content: bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_release(content)
    return str(caught.value)


def test_a_whole_file_is_read() -> None:
    assert parse_release(json.dumps(WHOLE).encode()) == Release(
        name="4f2a9c1d07be",
        commit=COMMIT,
        built=datetime(2026, 11, 22, 9, 10, 11, tzinfo=timezone.utc),
        checks=("lint", "test (3.11)", "test (3.13)", "benchmark"),
        repository="https://github.com/example/shop",
    )


def test_all_but_the_name_may_be_missing_or_null() -> None:
    assert parse() == Release("v1")
    assert parse(commit=None, built=None, checks=None, repository=None) == Release("v1")


def test_keys_that_a_later_version_may_add_are_ignored() -> None:
    assert parse(size=12) == Release("v1")


def test_without_a_file_the_environment_names_the_release(tmp_path: Path) -> None:
    assert load_release(tmp_path, "v7") == Release("v7")


def test_without_a_file_and_a_name_it_is_a_development_copy(tmp_path: Path) -> None:
    assert load_release(tmp_path, None) == Release("development")
    assert load_release(tmp_path, None).is_development


def test_the_file_wins_over_the_environment(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text('{"release": "v1"}')
    assert load_release(tmp_path, "v7") == Release("v1")


def test_uncommitted_changes_show_in_the_name() -> None:
    assert Release("4f2a9c1d07be-dirty").has_uncommitted_changes
    assert not Release("4f2a9c1d07be").has_uncommitted_changes


@pytest.mark.parametrize(
    "address",
    ["https://example.org/a/b", "https://example.org/a/b/", "https://example.org/a/b.git"],
)
def test_the_commit_has_a_page_if_the_repository_is_known(address: str) -> None:
    assert parse(commit=COMMIT, repository=address).commit_url == f"https://example.org/a/b/commit/{COMMIT}"


def test_without_commit_or_repository_there_is_no_page() -> None:
    assert parse(commit=COMMIT).commit_url is None
    assert parse(repository="https://example.org/a/b").commit_url is None


NAME = '"release" must be a commit, a version or a tag, not '
TIME = '"built" must be a time like 2026-11-22T09:10:11Z, not '
CHECKS = '"checks" must be at most 1000 names, each of 1 to 120 printable characters, not '
ADDRESS = '"repository" must be an https address, not '


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"release": None}, NAME + "None"),
        ({"release": "<script>"}, NAME + "'<script>'"),
        ({"release": "a\nb"}, NAME + r"'a\nb'"),
        ({"release": 12}, NAME + "12"),
        ({"commit": "4f2a9c1d07be"}, "\"commit\" must be 40 hex digits, not '4f2a9c1d07be'"),
        ({"commit": COMMIT + "\n"}, f"\"commit\" must be 40 hex digits, not '{COMMIT}\\n'"),
        ({"built": "yesterday"}, TIME + "'yesterday'"),
        ({"built": 1795338611}, TIME + "1795338611"),
        ({"built": "2026-02-30T00:00:00Z"}, TIME + "'2026-02-30T00:00:00Z'"),
        ({"checks": "lint"}, CHECKS + "'lint'"),
        ({"checks": ["lint", 3]}, CHECKS + "['lint', 3]"),
        ({"checks": [""]}, CHECKS + "['']"),
        ({"checks": [" "]}, CHECKS + "[' ']"),
        ({"checks": ["a\u202eb"]}, CHECKS + r"['a\u202eb']"),
        ({"checks": ["x" * 121]}, CHECKS + "['" + "x" * 74 + " ..."),
        ({"checks": ["x"] * 1001}, CHECKS + ("['x', " + "'x', " * 15)[:76] + " ..."),
        ({"repository": "javascript:alert(1)"}, ADDRESS + "'javascript:alert(1)'"),
        ({"repository": "http://example.org/"}, ADDRESS + "'http://example.org/'"),
        ({"repository": "https:///a"}, ADDRESS + "'https:///a'"),
        ({"repository": "https://example.org:x/"}, ADDRESS + "'https://example.org:x/'"),
        ({"repository": 'https://example.org/"x'}, ADDRESS + "'https://example.org/\"x'"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_right(fields: dict[str, Any], expected: str) -> None:
    assert message(json.dumps({"release": "v1", **fields}).encode()) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "this is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"[]", "the file must hold one JSON object, not []"),
        (b"{}", '"release" must be a commit, a version or a tag, not missing'),
        (b" " * 262145, "the file is larger than 262144 bytes"),
    ],
)
def test_a_broken_file_is_explained(content: bytes, expected: str) -> None:
    assert message(content) == expected


@pytest.mark.parametrize("content", [b"\xff\xfe{", b'{"release": "v1', b"[" * 60000])
def test_what_is_not_json_is_called_so(content: bytes) -> None:
    assert message(content).startswith("this is not JSON: ")


def test_the_message_names_the_file_and_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_text("{}")
    with pytest.raises(ConfigError) as caught:
        load_release(tmp_path, None)
    assert str(caught.value) == (
        f'{path}: "release" must be a commit, a version or a tag, not missing. '
        "Build the release again, or delete the file"
    )


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.mkdir()
    with pytest.raises(ConfigError) as caught:
        load_release(tmp_path, None)
    assert str(caught.value) == f"{path} cannot be read: Is a directory"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), json_values | st.sampled_from(list(WHOLE.values()))))
def test_any_content_is_read_or_explained_in_one_line(fields: dict[str, Any]) -> None:
    try:
        release = parse_release(json.dumps(fields).encode())
    except ConfigError as error:
        assert str(error).isascii() and str(error).isprintable()
    else:
        assert release.name == fields["release"]


@given(st.binary())
def test_any_bytes_are_read_or_explained(content: bytes) -> None:
    with pytest.raises(ConfigError):
        parse_release(content)
