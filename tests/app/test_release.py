"""`release.json`: what it may hold, and what is said when it is broken."""

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from app.config import ConfigError
from app.release import Release, load_release, parse_release

COMMIT = "4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455"
WHOLE = {
    "release": "4f2a9c1d07be",
    "commit": COMMIT,
    "built": "2026-11-22T09:10:11Z",
    "checks": ["lint", "test (3.13)"],
    "repository": "https://github.com/example/shop",
    "of a later version": 12,
}


def parse(**fields: object) -> Release:
    return parse_release(json.dumps({"release": "v1", **fields}).encode())


def test_a_whole_file_is_read() -> None:
    built = datetime(2026, 11, 22, 9, 10, 11, tzinfo=timezone.utc)
    checks = ("lint", "test (3.13)")
    assert parse(**WHOLE) == Release("4f2a9c1d07be", COMMIT, built, checks, "https://github.com/example/shop")


def test_all_but_the_name_may_be_missing_or_null() -> None:
    assert parse() == parse(commit=None, built=None, checks=None, repository=None) == Release("v1")


def test_the_file_names_the_release_else_the_environment_else_it_is_a_development_copy(tmp_path: Path) -> None:
    assert load_release(tmp_path, None).is_development
    assert load_release(tmp_path, "v7") == Release("v7")
    (tmp_path / "release.json").write_text('{"release": "v1"}')
    assert load_release(tmp_path, "v7") == Release("v1")


@pytest.mark.parametrize("end", ["", "/", ".git"])
def test_the_commit_has_a_page_if_the_repository_is_known(end: str) -> None:
    address = f"https://example.org/a/b{end}"
    assert parse(commit=COMMIT, repository=address).commit_url == f"https://example.org/a/b/commit/{COMMIT}"
    assert parse(commit=COMMIT).commit_url is None
    assert parse(repository=address).commit_url is None


NAME = '"release" must be a commit, a version or a tag, not '
TIME = '"built" must be a time like 2026-11-22T09:10:11Z, not '
CHECKS = '"checks" must be at most 1000 names, each of 1 to 120 printable characters, not '
ADDRESS = '"repository" must be an https address, not '


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"release": None}, NAME + "None"),
        ({"release": "a\nb"}, NAME + r"'a\nb'"),
        ({"commit": "4f2a9c1d07be"}, "\"commit\" must be 40 hex digits, not '4f2a9c1d07be'"),
        ({"commit": COMMIT + "\n"}, f"\"commit\" must be 40 hex digits, not '{COMMIT}\\n'"),
        ({"built": 1795338611}, TIME + "1795338611"),
        ({"built": "2026-02-30T00:00:00Z"}, TIME + "'2026-02-30T00:00:00Z'"),
        ({"checks": "lint"}, CHECKS + "'lint'"),
        ({"checks": ["lint", 3]}, CHECKS + "['lint', 3]"),
        ({"checks": ["a\u202eb"]}, CHECKS + r"['a\u202eb']"),
        ({"checks": ["x" * 121]}, CHECKS + "['" + "x" * 74 + " ..."),
        ({"checks": ["x"] * 1001}, CHECKS + ("['x', " + "'x', " * 15)[:76] + " ..."),
        ({"repository": "javascript:alert(1)"}, ADDRESS + "'javascript:alert(1)'"),
        ({"repository": "https:///a"}, ADDRESS + "'https:///a'"),
        ({"repository": "https://example.org:x/"}, ADDRESS + "'https://example.org:x/'"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_right(fields: dict[str, object], expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(**fields)
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "this is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (b"\xff\xfe{", "this is not JSON: "),
        (b"[" * 60000, "this is not JSON: "),
        (b"[]", "the file must hold one JSON object, not []"),
        (b"{}", NAME + "missing"),
        (b" " * 262145, "the file is larger than 262144 bytes"),
    ],
)
def test_a_broken_file_is_named_with_the_way_out(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "release.json"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        load_release(tmp_path, None)
    assert str(caught.value).startswith(f"{path}: {expected}")
    assert str(caught.value).endswith(". Build the release again, or delete the file")


def test_a_file_that_cannot_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "release.json").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_release(tmp_path, None)
    assert str(caught.value) == f"{tmp_path}/release.json cannot be read: Is a directory"
