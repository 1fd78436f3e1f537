"""What `ci update` takes for a release of the tool, and the parts of a changelog that it shows."""

import zipfile
from pathlib import Path

import pytest

import ci
from ci.errors import UsageError
from ci.projects import changelog, update, wheel_file
from tests.tool import ROOT

LOG = """# Changelog

## Unreleased

- not yet

## 0.10.0 (2027-03-01)

- the third

## [0.9.1] - 2027-02-01

- the second

## 0.2.0

- the first
"""


def test_a_wheel_says_what_it_holds(wheel_file: Path) -> None:
    from ci.projects.wheel_file import read

    found = read(wheel_file)
    assert (found.name, found.version, found.content) == (wheel_file.name, ci.__version__, wheel_file.read_bytes())
    assert found.bootstrap == (ROOT / "ci/projects/texts/bootstrap.py").read_bytes()


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        ("Name: other\nVersion: 1.0\n", "{path} holds other 1.0, not pipeline-everywhere"),
        ("Name: pipeline-everywhere\nVersion: 9.0\n", "{path} holds pipeline-everywhere 9.0, not pipeline-everywhere"),
        ("Name: pipeline-everywhere\nVersion: ../../x\n", "'../../x' is neither a version, as 1.2.0, nor a file: "
         "write the path of a wheel"),
    ],
)  # fmt: skip
def test_the_wheel_of_something_else_is_refused(tmp_path: Path, metadata: str, message: str) -> None:
    path = tmp_path / "other.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other-1.0.dist-info/METADATA", metadata)
    with pytest.raises(UsageError) as refused:
        wheel_file.read(path)
    assert str(refused.value) == message.format(path=path)


@pytest.mark.parametrize("damage", [b"", b"PK", b"no archive at all"])
def test_what_is_no_wheel_is_refused(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "damaged.whl").write_bytes(damage)
    with pytest.raises(UsageError, match="is no wheel of pipeline-everywhere"):
        wheel_file.read(tmp_path / "damaged.whl")


def test_a_wheel_that_was_cut_or_changed_is_refused(wheel_file: Path, tmp_path: Path) -> None:
    from ci.projects.wheel_file import read

    whole = wheel_file.read_bytes()
    middle = len(whole) // 2
    for content in (whole[:middle], whole[:middle] + b"\xff" * 40 + whole[-middle:]):
        (tmp_path / "damaged.whl").write_bytes(content)
        with pytest.raises(UsageError):
            read(tmp_path / "damaged.whl")


@pytest.mark.parametrize("how", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_wheel_is_refused_however_it_is_compressed(tmp_path: Path, how: int) -> None:
    path = tmp_path / "damaged.whl"
    with zipfile.ZipFile(path, "w", how) as archive:
        archive.writestr("ci/causes.py", (ROOT / "ci" / "causes.py").read_bytes())
    whole = path.read_bytes()
    for place in range(60, len(whole) - 200, 40):
        path.write_bytes(whole[:place] + b"\xff" * 40 + whole[place + 40:])
        with pytest.raises(UsageError):
            wheel_file.read(path)


@pytest.mark.parametrize("name", ["evil.pth", "app/__init__.py", "../evil.py", "ci/../../evil.py", "/etc/evil"])
def test_a_wheel_that_holds_more_than_the_tool_is_refused(wheel_file: Path, tmp_path: Path, name: str) -> None:
    from ci.projects.wheel_file import read

    path = tmp_path / "more.whl"
    path.write_bytes(wheel_file.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "")
    with pytest.raises(UsageError) as refused:
        read(path)
    assert str(refused.value) == f"{path} is no wheel of pipeline-everywhere, which has no file {name!r}"


@pytest.mark.parametrize("wanted", ["latest", "1.0; rm -rf /", "--index-url=http://127.0.0.1", "1.0\n"])
def test_what_is_neither_a_version_nor_a_file_is_refused(wanted: str) -> None:
    with pytest.raises(UsageError, match="is neither a version, as 1.2.0, nor a file"):
        wheel_file.checked_version(wanted)


def test_this_repository_is_updated_with_git() -> None:
    with pytest.raises(UsageError, match="merge from there"):
        update.prepare(ROOT, None, say=print)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("0.2.0", "0.10.0", ["- the third", "- the second"]),
        ("0.9.1", "0.10.0", ["- the third"]),
        ("0.1.0", "0.9.1", ["- the second", "- the first"]),
        ("0.10.0", "0.2.0", []),
        ("0.10.0", "0.11.0", []),
    ],
)
def test_the_changes_between_two_releases_are_those_of_the_ones_in_between(
    before: str, after: str, shown: list[str]
) -> None:
    said = changelog.between(LOG, before, after)
    assert [line for line in said.splitlines() if line.startswith("- ")] == shown
