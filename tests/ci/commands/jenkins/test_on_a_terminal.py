"""What people see on a terminal, and what they do not see where it is none."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import pytest

from ci.commands.jenkins import screen
from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell, ending
from tests.fakes.jenkins import JenkinsDouble, Stage


def on_terminal(ci: Shell, *arguments: str, columns: int = 80, interrupt_at: str = "", **environment: str) -> str:
    """All that ``ci jenkins ...`` writes to a terminal of that width."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = ending(subprocess.Popen(
        ci.command(*arguments), cwd=ci.folder, env={**ci.environment, "TERM": "xterm", **environment},
        stdin=follower, stdout=follower, stderr=follower, start_new_session=True,
    ))
    os.close(follower)
    seen = b""
    while chunk := _read(leader):
        seen += chunk
        if interrupt_at and interrupt_at.encode() in seen:
            process.send_signal(signal.SIGINT)
            interrupt_at = ""
    process.wait(60)
    os.close(leader)
    return seen.decode().replace("\r\n", "\n")


def _read(leader: int) -> bytes:
    try:
        return os.read(leader, 65536)
    except OSError:  # Linux: nobody has the other end any more
        return b""


def plain(text: str) -> str:
    """What stays on the screen: without colours and lines that were written over."""
    return re.sub(r"\r[^\n]*?\x1b\[K|\x1b\[[0-9;]*m", "", text)


def without_times(text: str) -> str:
    return re.sub(r"\d+(\.\d)? s\b", "0 s", text)


@pytest.fixture
def build(jenkins: JenkinsDouble) -> None:
    """``app #1`` with two stages, the second failed."""
    stages = [Stage("lint", 5.0), Stage("a rather long name of a stage", 15.0, "FAILED")]
    jenkins.add_job("app").add_build(duration=20.0, result="FAILURE", stages=stages)


def test_colours_are_for_terminals_without_no_color(ci: Shell, build: None) -> None:
    coloured = on_terminal(ci, "view", "app", "--stages")
    assert coloured == (
        "\x1b[32m✓ lint                                  5.0 s  ████████\x1b[0m\n"
        "\x1b[31m✗ a rather long name of a stage          15 s          █████████████████████████\x1b[0m\n"
    )
    assert on_terminal(ci, "view", "app", "--stages", NO_COLOR="1") == plain(coloured)


def test_a_narrow_terminal_has_no_bars(console: Console, build: None) -> None:
    assert plain(console.terminal(50, "view", "app", "--stages")) == (
        "✓ lint                                  5.0 s\n✗ a rather long name of a stage          15 s\n"
    )


def test_a_very_narrow_terminal_shortens_names_and_wraps_sentences(console: Console, build: None) -> None:
    assert plain(console.terminal(36, "view", "app")).splitlines()[2:] == [
        "  started 2026-11-17 11:07:19;", "  Started by user Alice", "", "Stages",
        "✓ lint                       5.0 s", "✗ a rather long nam…          15 s",
    ]


def test_wide_letters_take_two_columns(jenkins: JenkinsDouble, console: Console) -> None:
    """East Asian letters do, and those that only add an accent take none."""
    stages = [Stage("\u6d4b\u8bd5", 5.0), Stage("e\u0301t\u00e4", 15.0), Stage("\u6d4b" * 20, 1.0)]
    jenkins.add_job("\u6d4b\u8bd5").add_build(duration=21.0, stages=stages)
    jenkins.add_job("\u6d4b\u8bd5 a/\u00e4").add_build()
    assert plain(console.terminal(50, "view", "\u6d4b\u8bd5", "--stages")) == (
        "✓ 测试                                  5.0 s\n"
        "✓ e\u0301tä                                    15 s\n"
        "✓ 测测测测测测测测测测测测测测…         1.0 s\n"
    )
    assert plain(console.terminal(80, "list", "\u6d4b\u8bd5 a/\u00e4")).startswith("✓  #1  SUCCESS  ")


@pytest.mark.parametrize(("text", "shown"), [
    ("\u6d4bab", "\u6d4bab"), ("\u6d4babc", "\u6d4ba\u2026"), ("e\u0301" * 100_000, "e\u0301" * 3 + "\u2026"),
    ("ab\u6d4b\u6d4b", "ab\u2026"), ("", ""),
])
def test_a_text_is_shortened_to_columns(text: str, shown: str) -> None:
    """However long it is: the server decides."""
    assert screen.shortened(text, 4) == shown


def test_no_progress_line_is_wider_than_the_terminal(busy: JenkinsDouble, live: Shell) -> None:
    """It could not be written over."""
    job = busy.add_job("app")
    job.add_build(duration=1.0)
    job.on_trigger(quiet=0.0, duration=12.0, stages=[Stage("\u6d4b\u8bd5" * 30, 12.0)])
    seen = on_terminal(live, "run", "app", "--wait", columns=40)
    drawn = [line.partition("\x1b")[0] for line in seen.split("\r") if "about" in line]
    assert drawn and all(20 < screen.cells(line) < 40 for line in drawn)


def test_progress_is_written_over_and_stages_stay(busy: JenkinsDouble, live: Shell) -> None:
    job = busy.add_job("app")
    job.add_build(duration=1.0)
    job.on_trigger(quiet=0.0, duration=15.0, stages=[Stage("lint", 7.0), Stage("test", 8.0)])
    seen = on_terminal(live, "run", "app", "--wait")
    assert without_times(plain(seen)) == (
        f"app #2 started: {busy.url}job/app/2/\n✓ lint  0 s\n✓ test  0 s\n"
        "✓ app #2: SUCCESS in 0 s (usually 0 s)\n"
    )
    drawn = [line.partition("\x1b")[0] for line in seen.split("\r") if "app #2 " in line and "about" in line]
    assert re.fullmatch(r"app #2  █{19}░ 99%  \d+ s of about \d+\.\d s  (lint|test)", drawn[0])
    assert all(len(line) < 80 for line in drawn)


def test_progress_is_on_standard_error_alone(busy: JenkinsDouble, live: Shell) -> None:
    busy.add_job("app").on_trigger(quiet=0.0, duration=5.0)
    leader, follower = pty.openpty()
    done = subprocess.run(
        live.command("run", "app", "--wait"), cwd=live.folder, env={**live.environment, "TERM": "xterm"},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=follower, encoding="utf-8", timeout=60,
    )
    os.close(follower)
    assert without_times(done.stdout) == f"app #1 started: {busy.url}job/app/1/\n✓ app #1: SUCCESS in 0 s\n"
    assert "app #1  " in _read(leader).decode()
    os.close(leader)


def test_a_log_on_a_terminal_has_headings_and_can_do_no_harm(jenkins: JenkinsDouble, console: Console) -> None:
    log = (
        b"[Pipeline] Start of Pipeline\n[Pipeline] stage\n[Pipeline] { (lint)\n\x1b[32mgreen\x1b[0m \x1b[2J\x07end\n"
        b"[Pipeline] }\n[Pipeline] End of Pipeline\n"
    )
    jenkins.add_job("app").add_build(log=log, stages=[Stage("lint", 30.0, log=log)])
    seen = console.terminal(80, "log", "app")
    assert "── lint ──" in seen
    assert "\x1b[32mgreen\x1b[0m [2Jend\n" in seen
    assert console.terminal(80, "log", "app", NO_COLOR="1").count("\x1b") == 0


def test_an_interrupt_takes_the_progress_line_away(busy: JenkinsDouble, live: Shell) -> None:
    busy.add_job("app").on_trigger(quiet=0.0, duration=3600.0)
    seen = on_terminal(live, "run", "app", "--wait", interrupt_at="app #1  ")
    assert plain(seen) == (
        f"app #1 started: {busy.url}job/app/1/\ninterrupted; app #1 goes on: ci jenkins watch app 1\n"
        "to end it: ci jenkins cancel app 1\n"
    )
