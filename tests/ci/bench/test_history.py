"""A history is a folder of comparisons: any number of writers, none that can spoil it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from ci.bench import history
from ci.bench.report import document, page
from ci.bench.results import Commit, Comparison
from ci.errors import UsageError
from tests.ci.bench.histories import commit, run, step


def numbers(found: history.History) -> list[int]:
    return [int(one.head.id, 16) for one in found.runs]


def keep(folder: Path, *runs: Comparison) -> history.History:
    """The history in ``folder`` after these runs."""
    for one in runs:
        assert history.append(folder, one)
    return history.read(folder)


def test_no_folder_is_an_empty_history(tmp_path: Path) -> None:
    assert history.read(tmp_path / "none") == history.History()
    assert history.series(history.History()) == ()


def test_a_run_is_a_file_named_after_its_commit(tmp_path: Path) -> None:
    keep(tmp_path / "new" / "folder", run(1, [step(1.0)]))
    assert [path.name for path in (tmp_path / "new" / "folder").iterdir()] == [f"{1:040x}.json"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"base": None}, id="no-base"),
        pytest.param({"head": replace(commit(1), dirty=True)}, id="uncommitted-changes"),
        pytest.param({"head": Commit(name="", id="../../etc/passwd")}, id="no-commit-id"),
        pytest.param({"results": ()}, id="no-benchmark"),
    ],
)
def test_what_says_nothing_about_a_commit_is_not_kept(tmp_path: Path, changed: dict[str, object]) -> None:
    assert not history.append(tmp_path / "folder", replace(run(1, [step(1.0)]), **changed))
    assert not (tmp_path / "folder").exists()


def test_a_second_run_of_a_commit_replaces_the_first(tmp_path: Path) -> None:
    found = keep(tmp_path, run(1, [step(1.5)]), run(1, [step(1.0)], minute=9))
    assert [one.results[0].interval for one in found.runs] == [step(1.0).interval]


def test_copies_of_a_history_are_merged_by_copying(tmp_path: Path) -> None:
    keep(tmp_path / "one", run(1, [step(1.0)]), run(2, [step(1.0)]))
    keep(tmp_path / "other", run(2, [step(1.0)]), run(3, [step(1.0)]))
    shutil.copytree(tmp_path / "other", tmp_path / "one", dirs_exist_ok=True)
    assert numbers(history.read(tmp_path / "one")) == [1, 2, 3]


def test_runs_are_ordered_by_their_commits_and_not_by_when_they_ended(tmp_path: Path) -> None:
    found = keep(tmp_path, run(1, [step(1.0)], minute=5), run(2, [step(1.0)], minute=3), run(3, [step(1.0)], minute=4))
    assert numbers(found) == [1, 2, 3]


def test_after_a_gap_the_level_goes_on(tmp_path: Path) -> None:
    found = keep(tmp_path, *(run(number, [step(1.1)]) for number in (1, 2, 5, 6)))
    (line,) = history.series(found)
    assert [(int(one.commit.id, 16), one.gap) for one in line.steps] == [(1, False), (2, False), (5, True), (6, False)]
    assert [round(one.level, 4) for one in line.steps] == [1.1, 1.21, 1.331, 1.4641]


def test_a_commit_in_which_a_benchmark_was_not_measured_is_a_gap(tmp_path: Path) -> None:
    other = step(1.0, name="test_other")
    found = keep(tmp_path, run(1, [step(1.1), other]), run(2, [other]), run(3, [step(1.1), other]))
    (line, _other) = history.series(found)
    assert [(one.gap, one.interval is None) for one in line.steps] == [(False, False), (True, True), (False, False)]
    assert line.level == pytest.approx(1.21)


def test_a_renamed_benchmark_begins_anew_and_the_old_name_ends(tmp_path: Path) -> None:
    gone = replace(step(1.0), answer="gone", interval=None)
    new = replace(step(1.0, name="test_new"), answer="new", interval=None)
    found = keep(tmp_path, run(1, [step(1.3)]), run(2, [new, gone]), run(3, [step(1.02, name="test_new")]))
    (line,) = history.series(found)
    assert (line.id, line.level, len(line.steps)) == ("tests/test_app.py::test_new", 1.02, 1)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b'{"version":1,"base":', id="torn"),
        pytest.param(b"\xff\x00", id="no-text"),
        pytest.param(b'{"version": 9}', id="later-version"),
        pytest.param(document.write(replace(run(2, [step(1.0)]), time="soon")).encode(), id="no-time"),
        pytest.param(document.write(run(2, [replace(step(1.0), tolerance=-1.0)])).encode(), id="no-tolerance"),
        pytest.param(document.write(run(2, [replace(step(1.0), tolerance=1e300)])).encode(), id="any-tolerance"),
    ],
)
def test_a_file_that_can_t_be_read_is_named_and_left_out(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path, run(1, [step(1.0)]))
    (tmp_path / "wrong.json").write_bytes(content)
    (tmp_path / "folder.json").mkdir()
    found = history.read(tmp_path)
    assert (numbers(found), found.unreadable) == ([1], ("folder.json", "wrong.json"))


def test_numbers_that_no_measurement_gives_count_as_not_measured(tmp_path: Path) -> None:
    text = document.write(run(2, [step(1.0)])).replace('"low": 0.99', '"low": -1')
    keep(tmp_path, run(1, [step(1.1)]), run(3, [step(1.1)]))
    (tmp_path / "two.json").write_text(text)
    (line,) = history.series(history.read(tmp_path))
    assert [one.interval is None for one in line.steps] == [False, True, False]


@pytest.mark.parametrize("number", ["low", "ratio", "high"])
def test_such_numbers_in_the_newest_run_can_be_drawn_too(tmp_path: Path, number: str) -> None:
    keep(tmp_path, *(run(number, [step(1.01)]) for number in range(1, 12)))
    newest = re.sub(f'"{number}": .*?(?=[,}}\\s])', f'"{number}": 0', document.write(run(12, [step(1.0)])))
    (tmp_path / "newest.json").write_text(newest)
    found = history.read(tmp_path)
    assert "test_home" in page.render(found.runs[-1], history=found)


def test_commits_that_name_each_other_as_base_end_nothing(tmp_path: Path) -> None:
    """No repository has such commits, but a file can."""
    found = keep(tmp_path, run(1, [step(1.0)], base=2), run(2, [step(1.0)], base=1))
    assert sorted(numbers(found)) == [1, 2]


def test_the_oldest_runs_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_KEPT", 3)
    assert numbers(keep(tmp_path, *(run(number, [step(1.0)]) for number in range(1, 7)))) == [4, 5, 6]


def test_a_folder_that_can_t_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="^can't keep the history in .*/file: "):
        history.append(tmp_path / "file", run(1, [step(1.0)]))


WRITER = """
import sys
from pathlib import Path
from ci.bench import history
from tests.ci.bench.histories import run, step
for number in range(int(sys.argv[2]), 40, 2):
    history.append(Path(sys.argv[1]), run(number, [step(1.0)]))
    history.append(Path(sys.argv[1]), run(7, [step(1.0)]))
"""


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[3]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), str(first)], cwd=root) for first in (1, 2)
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0]
    found = history.read(tmp_path)
    assert (numbers(found), found.unreadable) == (list(range(1, 40)), ())
    assert len(list(tmp_path.iterdir())) == 39
