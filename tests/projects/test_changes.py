"""What is said of changes to a folder is what happens, and nothing happens elsewhere."""

import os
import resource
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.errors import UsageError
from ci.projects.changes import Changes
from tests.projects.test_new import files

PATHS = ("a", "b/a", "b/b", "b/c/a", "b/c/b", "d/e/f")
BYTECODE = ("b/__pycache__/a.pyc", "b/c/__pycache__/a.pyc", "d/__pycache__/f.pyc")

contents = st.sampled_from([b"", b"one\n", b"two\n"])
trees = st.dictionaries(st.sampled_from(PATHS), contents)
paths = st.frozensets(st.sampled_from(PATHS))


@contextmanager
def folder(tree: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder with these files."""
    with tempfile.TemporaryDirectory() as name:
        for path, content in tree.items():
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_bytes(content)
        yield Path(name)


@given(before=trees, written=trees, removed=paths)
def test_what_is_said_is_what_happens(
    before: dict[str, bytes], written: dict[str, bytes], removed: frozenset[str]
) -> None:
    removed -= written.keys()
    with folder(before) as root:
        changes = Changes(root, written, removed)
        assert set(changes.new) == written.keys() - before.keys()
        assert set(changes.replaced) == {path for path in before if written.get(path, before[path]) != before[path]}
        assert set(changes.gone) == removed & before.keys()
        changes.apply()
        assert files(root) == {path: content for path, content in before.items() if path not in removed} | written
        assert list(Changes(root, written, removed).lines()) == []


@given(before=trees, bytecode=st.frozensets(st.sampled_from(BYTECODE)), removed=paths)
def test_the_outermost_folder_that_goes_is_shown(
    before: dict[str, bytes], bytecode: frozenset[str], removed: frozenset[str]
) -> None:
    with folder(before | dict.fromkeys(bytecode, b"")) as root:
        changes = Changes(root, {}, removed)
        gone, shown = changes.gone, [line.split()[1] for line in changes.lines()]
        changes.apply()
        assert [path for path in shown if (root / path).exists() or not (root / path).parent.exists()] == []
        assert [path for path in gone if sum(path == one or path.startswith(one) for one in shown) != 1] == []


@pytest.mark.parametrize("target", ["inside", "../outside", "nowhere"])
@pytest.mark.parametrize(("link", "path"), [("b", "b/a"), ("b", "b/c/a"), ("b/c", "b/c/a")])
def test_a_link_among_the_folders_is_refused(tmp_path: Path, link: str, path: str, target: str) -> None:
    """Git takes no file behind one, and so could not undo it."""
    for name in ("root/inside", "outside", "root/b"):
        (tmp_path / name).mkdir(parents=True, exist_ok=True)
    root = tmp_path / "root"
    if link == "b":
        (root / link).rmdir()
    (root / link).symlink_to(os.path.relpath(root / target, (root / link).parent))
    for changes in (Changes(root, {"a": b"", path: b""}), Changes(root, {"a": b""}, frozenset([path]))):
        with pytest.raises(UsageError, match=f"^{path} would be outside of .*, since {link} is a link; nothing was"):
            changes.apply()
    assert files(tmp_path) == {}


def test_a_link_in_the_place_of_a_file_becomes_one(tmp_path: Path) -> None:
    """What it led to stays as it is; so does what a name of ours led to."""
    (tmp_path / "other").write_bytes(b"same\n")
    root = tmp_path / "root"
    root.mkdir()
    for name in ("a", "b", ".a.new"):
        (root / name).symlink_to("../other")
    changes = Changes(root, {"a": b"same\n"}, frozenset(["b"]))
    assert list(changes.lines()) == ["  replaced  a", "  removed   b"]
    changes.apply()
    assert [path.name for path in root.iterdir() if not path.is_symlink()] == ["a"]
    assert files(tmp_path) == {"other": b"same\n", "root/a": b"same\n"}


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../a", "../a is outside of "), ("b/../../a", "b/../../a is outside of "), ("/a", "/a is outside of "),
        ("b/a/c", "b/a is a file, and a folder is needed there: move it away"),
        ("b", "b is a folder, and a file is needed there: move it away"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_refused_before_anything_is_done(path: str, message: str) -> None:
    with folder({"b/a": b""}) as root:
        with pytest.raises(UsageError) as refused:
            Changes(root, {"first": b"", path: b""}).apply()
        assert str(refused.value).startswith(message) and str(refused.value).endswith("; nothing was changed")
        assert files(root) == {"b/a": b""}


def test_where_there_is_no_room_nothing_half_written_stays(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))  # bytes of one file; a full disk fails in that way too
    try:
        with pytest.raises(OSError):
            Changes(tmp_path, {"a": b"x" * 1001}).apply()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(tmp_path.iterdir()) == []


def test_a_program_can_be_started(tmp_path: Path) -> None:
    Changes(tmp_path, {"program": b"#!/bin/sh\n", "text": b"#\n"}).apply()
    assert [os.access(tmp_path / name, os.X_OK) for name in ("program", "text")] == [True, False]
