"""revisions.log, and which release served before the current one."""

from pathlib import Path

import pytest

from ci.deploy.server import history
from ci.deploy.server.history import DEPLOYED, ROLLED_BACK


def happened(path: Path, *results: str) -> list[history.Entry]:
    """Entries of releases that are called A, B, ...: "A" was deployed, "<A" brought back, "!A" failed."""
    for text in results:
        kind = {"<": ROLLED_BACK, "!": "failed: it ended"}.get(text[0], DEPLOYED)
        history.record(path, text[-1], kind)
    return history.read(path)


@pytest.mark.parametrize(
    ("results", "before"),
    [
        ("A", None),
        ("A B", "A"),
        ("A B C <B", "A"),
        ("A B C <B D", "B"),
        ("A B C <A", None),
        ("A B !C", "A"),
        ("A B A", "B"),
        ("A B B", "A"),
    ],
)
def test_the_one_before_is_the_one_that_served_before(tmp_path: Path, results: str, before: str | None) -> None:
    entries = happened(tmp_path / "log", *results.split())
    current = [word for word in results.split() if word[0] != "!"][-1][-1]
    assert history.before(entries, current, "ABCD") == before


def test_a_release_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    assert history.before(happened(tmp_path / "log", "A", "B", "C"), "C", "AC") == "A"


def test_a_current_release_that_nobody_wrote_down_comes_after_the_last(tmp_path: Path) -> None:
    assert history.before(happened(tmp_path / "log", "A", "B"), "X", "ABX") == "B"


def test_a_damaged_line_is_left_out(tmp_path: Path) -> None:
    """As a full disk leaves it."""
    log = tmp_path / "log"
    happened(log, "A")
    log.write_bytes(log.read_bytes() + b"2026-11-2\n\xff\t\t\t\n\n")
    assert [entry.folder for entry in happened(log, "B")] == ["A", "B"]
