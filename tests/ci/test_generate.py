"""Generated files are compared, written and removed; what is not ours is left alone.

A small engine stands in for the real ones: `notes.txt` and a file per stage.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from ci import adapters, definition, generate, plan
from ci.errors import DefinitionError, LostMeaningError, UsageError

TEXT = """\
version = 1
name = "ci"
targets = ["tiny"]

[[stage]]
name = "lint"
run = ["true"]

[target.tiny]
greeting = "hello"
"""


class Options(msgspec.Struct, forbid_unknown_fields=True):
    """Settings of the small engine."""

    greeting: str = "hi"


def render(found: plan.Plan, options: Options, current: Mapping[str, str]) -> adapters.Rendered:
    """One file per stage."""
    head = "\n".join(adapters.header(()))
    files = {f"tiny/{stage.name}.txt": f"# {head}\n{options.greeting}\n" for stage in found.stages}
    return adapters.Rendered(files, (adapters.Note("lost", "secret", "lint", "tiny has no secrets"),))


def _found(name: str, module: Any) -> Any:
    if name not in ("tiny", "twin"):
        raise UsageError(f"there is no engine {name!r}")
    return module


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The small engine is the only one."""
    module = SimpleNamespace(TITLE="Tiny", OWNS=("tiny/*.txt",), Options=Options, render=render)
    monkeypatch.setattr(adapters, "BUILT_IN", {"tiny": "tiny"})
    monkeypatch.setattr(adapters, "find", lambda name: _found(name, module))
    yield


def generated(root: Path, text: str = TEXT, **options: Any) -> list[generate.Generated]:
    loaded = definition.parse(text)
    return generate.generate(root, loaded, plan.compile(loaded.pipeline), **options)


def changes(root: Path, text: str = TEXT) -> list[generate.Change]:
    return [change for one in generated(root, text) for change in one.changes]


EXPECTED = "# Generated from ci/pipeline.toml; do not edit, run: ci generate\nhello\n"


def test_files_are_written_once_and_then_up_to_date(tmp_path: Path) -> None:
    generate.write(tmp_path, changes(tmp_path))
    assert (tmp_path / "tiny/lint.txt").read_text() == EXPECTED
    assert changes(tmp_path) == []
    assert [path.name for path in tmp_path.rglob("*.txt")] == ["lint.txt"]


def test_a_difference_is_shown_as_a_diff_towards_the_definition(tmp_path: Path) -> None:
    generate.write(tmp_path, changes(tmp_path))
    (tmp_path / "tiny/lint.txt").write_text(EXPECTED.replace("hello\n", "good bye"))
    assert generate.diff(changes(tmp_path)) == (
        "--- a/tiny/lint.txt\n"
        "+++ b/tiny/lint.txt\n"
        "@@ -1,2 +1,2 @@\n"
        " # Generated from ci/pipeline.toml; do not edit, run: ci generate\n"
        "-good bye\n"
        "\\ No newline at end of file\n"
        "+hello\n"
    )


def test_a_file_of_ours_that_is_not_made_any_more_is_removed(tmp_path: Path) -> None:
    generate.write(tmp_path, changes(tmp_path))
    (tmp_path / "tiny/by-hand.txt").write_text("mine\n")
    generate.write(tmp_path, changes(tmp_path, TEXT.replace('"lint"', '"check"')))
    assert sorted(path.name for path in (tmp_path / "tiny").iterdir()) == ["by-hand.txt", "check.txt"]


def test_files_of_an_engine_that_is_no_target_any_more_are_stale(tmp_path: Path) -> None:
    generate.write(tmp_path, changes(tmp_path))
    assert [change.new for change in changes(tmp_path, TEXT.replace('["tiny"]', "[]"))] == [None]


def test_a_file_that_is_not_ours_is_overwritten_only_by_force(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/lint.txt").write_text("mine\n")
    with pytest.raises(UsageError, match="not written by ci generate, so left alone: tiny/lint.txt"):
        generate.write(tmp_path, changes(tmp_path))
    assert (tmp_path / "tiny/lint.txt").read_text() == "mine\n"
    generate.write(tmp_path, changes(tmp_path), force=True)
    assert (tmp_path / "tiny/lint.txt").read_text() == EXPECTED


def test_nothing_is_written_outside_of_the_checkout(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "tiny").symlink_to(outside)
    with pytest.raises(UsageError, match="outside of the checkout"):
        changes(root)
    assert list(outside.iterdir()) == []


def test_strict_refuses_what_is_lost(tmp_path: Path) -> None:
    with pytest.raises(LostMeaningError) as caught:
        generate.refuse_lost(generated(tmp_path))
    assert str(caught.value) == "--strict: meaning is lost:\n  tiny: secret: tiny has no secrets"
    assert caught.value.exit_code == 3


def test_a_wrong_setting_of_an_engine_has_its_line(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        changes(tmp_path, TEXT.replace("greeting", "greting"))
    assert str(caught.value) == (
        "ci/pipeline.toml:10: target.tiny.greting: there is no key 'greting' here; did you mean 'greeting'?"
    )


def test_an_engine_that_does_not_exist_has_its_line(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as caught:
        changes(tmp_path, TEXT.replace('["tiny"]', '["tiny", "tyni"]') + "[target.tinny]\n")
    assert str(caught.value) == (
        "ci/pipeline.toml:3: targets[1]: there is no engine 'tyni'\n"
        "ci/pipeline.toml:11: target.tinny: there is no engine 'tinny'"
    )


def test_an_engine_that_is_listed_twice_writes_once(tmp_path: Path) -> None:
    generate.write(tmp_path, changes(tmp_path))
    renamed = TEXT.replace('["tiny"]', '["tiny", "tiny"]').replace('"lint"', '"check"')
    generate.write(tmp_path, changes(tmp_path, renamed))
    assert [path.name for path in (tmp_path / "tiny").iterdir()] == ["check.txt"]


def test_two_engines_that_write_one_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tiny and twin both write tiny/lint.txt"):
        generated(tmp_path, TEXT.replace('["tiny"]', '["tiny", "twin"]'))


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)],
                         ids=["folder", "pipe", "link to itself"])
def test_what_is_no_file_in_the_place_of_one_is_said(tmp_path: Path, make: Callable[[Path], None]) -> None:
    (tmp_path / "tiny").mkdir()
    make(tmp_path / "tiny/lint.txt")
    with pytest.raises(UsageError, match="^tiny/lint.txt is no ordinary file"):
        changes(tmp_path)


def test_a_file_in_the_place_of_a_folder_is_said(tmp_path: Path) -> None:
    found = changes(tmp_path)
    (tmp_path / "tiny").touch()
    with pytest.raises(UsageError, match="^can't write tiny/lint.txt: File exists"):
        generate.write(tmp_path, found)
