"""Shell texts do what they promise in every POSIX shell at hand; commands arrive unchanged."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ci import shell

SHELLS = [name for name in ("dash", "bash", "sh") if shutil.which(name)]

texts = st.text(alphabet=st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=40)


def run(text: str, cwd: Path, program: str = "sh") -> subprocess.CompletedProcess[bytes]:
    """Run a step as every engine does: ``sh -e FILE``."""
    script = cwd / "script"
    script.write_text(text, encoding="utf-8", newline="")
    return subprocess.run([program, "-e", str(script)], cwd=cwd, capture_output=True, timeout=30)


@pytest.mark.parametrize("program", SHELLS)
@pytest.mark.parametrize(("retries", "attempts"), [(0, 1), (1, 2), (3, 4)])
def test_a_failing_command_is_repeated_and_its_last_exit_code_kept(
    tmp_path: Path, program: str, retries: int, attempts: int
) -> None:
    command = "echo x >> log; exit $((10 + $(wc -l < log)))"
    done = run(shell.with_retries(command, retries), tmp_path, program)
    assert (tmp_path / "log").read_text() == "x\n" * attempts
    assert done.returncode == 10 + attempts


@pytest.mark.parametrize("program", SHELLS)
def test_a_repeated_command_stops_at_its_first_success(tmp_path: Path, program: str) -> None:
    command = "echo x >> log\ntest $(wc -l < log) -ge 2"
    assert run(shell.with_retries(command, 5), tmp_path, program).returncode == 0
    assert (tmp_path / "log").read_text() == "x\nx\n"


@pytest.mark.parametrize("program", SHELLS)
def test_a_repeated_command_still_ends_at_its_first_failing_line(tmp_path: Path, program: str) -> None:
    """-e is off in the condition of `until`; the child shell turns it on again."""
    done = run(shell.with_retries("false\necho reached", 1), tmp_path, program)
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_time_limit_ends_the_children_too(tmp_path: Path) -> None:
    done = run(shell.with_time_limit(["sleep 60 & echo $! > pid; wait"], 1), tmp_path)
    assert done.returncode == 124
    ended = Path("/proc", (tmp_path / "pid").read_text().strip(), "cmdline")
    assert not ended.exists() or ended.read_bytes() == b"", "neither gone nor waiting to be reaped"


def test_text_is_not_cut_by_a_leading_dash(tmp_path: Path) -> None:
    assert run(shell.child_shell("-n foo || echo went on"), tmp_path).stdout == b"went on\n"


def test_a_script_line_does_not_make_the_text_a_program_of_its_own() -> None:
    assert shell.command_text("#!/bin/bash\ntrue") == "\n#!/bin/bash\ntrue"


@settings(max_examples=25)
@given(words=st.lists(texts, min_size=1, max_size=4))
def test_words_arrive_as_they_were_written(words: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("words")
    text = shell.command_text(["printf", "%s\\0", *words])
    done = subprocess.run(["sh", "-ec", text], cwd=folder, capture_output=True, timeout=30)
    assert done.stdout == b"".join(word.encode() + b"\0" for word in words)


@settings(max_examples=25)
@given(text=texts)
def test_a_child_shell_gets_the_text_unchanged(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("text")
    quoted = shell.command_text(["printf", "%s", text])
    done = run(shell.with_retries(quoted, 2), folder)
    assert done.stdout == subprocess.run(["printf", "%s", text], capture_output=True, timeout=30).stdout
