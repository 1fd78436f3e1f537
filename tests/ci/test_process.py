"""The one place that starts processes."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

import pytest

from ci import process
from ci.errors import CommandError
from tests.processes import is_alive, until


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_run_returns_the_exit_code_and_both_streams() -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read()); sys.stderr.write('there'); sys.exit(3)"
    assert process.run(python(code), input="here", check=False) == process.Completed(3, "here", "there")


def test_a_failure_shows_command_exit_code_and_both_streams() -> None:
    with pytest.raises(CommandError) as caught:
        process.run(["sh", "-c", "echo one; echo two >&2; exit 3"])
    assert str(caught.value) == (
        "`sh -c 'echo one; echo two >&2; exit 3'` ended with exit code 3\n  stdout: one\n  stderr: two"
    )


def test_a_missing_program_is_named() -> None:
    with pytest.raises(CommandError, match="^no-such-program is not installed, or not on PATH$"):
        process.run(["no-such-program"])


def test_a_program_that_takes_too_long_is_ended() -> None:
    with pytest.raises(CommandError, match="^`sleep 100` did not end within 0.1 seconds$"):
        process.run(["sleep", "100"], timeout=0.1)


def test_what_interrupts_ends_the_program_politely_with_all_that_it_started(tmp_path: Path) -> None:
    """As a git that fetches: it removes its locks, and its own programs don't go on without it.

    Its input ends when `run` waits for it; an interrupt before that would meet a process that is still being started.
    """
    program = """
        cat
        trap 'echo > tidied; exit' TERM
        (trap '' TERM; exec sleep 100) & echo $! > child
        kill -USR1 $PPID
        wait
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run(["sh", "-c", program], cwd=tmp_path)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert (tmp_path / "tidied").exists()
    until(lambda: not is_alive(int((tmp_path / "child").read_text())))


def test_a_failure_does_not_show_who_fetches_from_an_address() -> None:
    """Git shows the user's name when a server refuses it, and with some servers that is a token."""
    with pytest.raises(CommandError) as caught:
        process.run(["sh", "-c", "echo \"no password for 'https://token@host:80/'\"; exit 1"])
    assert str(caught.value).endswith("stdout: no password for 'https://host:80/'")


def test_bytes_that_are_no_utf_8_go_through_unchanged() -> None:
    odd = b"\xff\xe9".decode(errors="surrogateescape")
    assert process.run(["cat"], input=odd).stdout == odd


def test_variables_of_a_calling_git_hook_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -x")
    seen = process.run(["env"]).stdout.splitlines()
    assert [line for line in seen if line.startswith(("GIT_D", "GIT_I", "GIT_SSH"))] == ["GIT_SSH_COMMAND=ssh -x"]


def test_git_runs_no_hook_and_returns_its_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    process.git("init", "--quiet", "--initial-branch=main", cwd=tmp_path)
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    names = {"GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b", "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b"}
    process.git("commit", "--quiet", "--allow-empty", "--message=x", cwd=tmp_path, env=names)
    assert process.git("log", "--format=%s%n%an", cwd=tmp_path) == "x\nA"


def test_a_failure_of_git_is_shown_as_people_would_write_the_command(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        process.git("rev-parse", "HEAD", cwd=tmp_path)
    assert str(caught.value).splitlines()[0] == "`git rev-parse HEAD` ended with exit code 128"


def test_a_started_process_leads_a_session_of_its_own_and_has_no_input(tmp_path: Path) -> None:
    with open(tmp_path / "output", "wb") as output:
        code = "import os, sys; print(os.getpid() == os.getsid(0), sys.stdin.read() == '')"
        started = process.start(python(code), cwd=tmp_path, env=os.environ, output=output.fileno())
    assert started.wait() == 0
    assert (tmp_path / "output").read_text() == "True True\n"
