"""What people see."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios

import pytest

from ci import runner
from ci.report import run_lines, terminal
from ci.report.plain import Plain
from ci.runner import JobResult, Result
from tests.ci.runner.project import Project

PIPELINE = """
[[stage]]
name = "lint"
run = ["echo fine"]
[[stage]]
name = "test"
matrix = { shard = [1] }
run = ["printf 'one\\ntwo'; exit 3"]
[[stage]]
name = "audit"
allow-failure = true
run = ["false"]
[[stage]]
name = "release"
when = { branch = ["x"] }
run = ["true"]
"""


def without_times(text: str) -> str:
    return re.sub(r"\d+\.\d s", "0.0 s", text)


def test_in_a_pipe_every_line_carries_its_job_and_the_summary_follows(project: Project) -> None:
    stream = io.StringIO()
    plan = project.plan(PIPELINE)
    runner.run(plan, project.root, display=terminal.display(stream), options=runner.Options(keep_going=True))
    head = project.git("rev-parse", "HEAD")[:10]
    assert without_times(stream.getvalue()) == f"""\
4 jobs, commit {head}
lint | $ echo fine
lint | fine
lint | success in 0.0 s
test (1) | $ printf 'one
test (1) | > two'; exit 3
test (1) | one
test (1) | two
test (1) | failure in 0.0 s: exit code 3: printf 'one
audit | $ false
audit | warning in 0.0 s: exit code 1: false
release | skipped: only for branch x; this is branch main

test (1): end of reports/test-1/log.txt
  $ printf 'one
  > two'; exit 3
  one
  two

audit: end of reports/audit/log.txt
  $ false

✓ lint      success       0.0 s
✗ test (1)  failure       0.0 s  exit code 3: printf 'one
! audit     warning       0.0 s  exit code 1: false
- release   skipped              only for branch x; this is branch main

failed in 0.0 s: 1 success, 1 failure, 1 warning, 1 skipped
"""


RESULT = Result(
    result="success", commit="0" * 40, dirty=False, seconds=61.25, notices=("http://127.0.0.1:8000\nsecond line",),
    jobs=(
        JobResult(name="lint", slug="lint", stage="lint", result="success", seconds=1.0, log="x"),
        JobResult(name="test (3.13)", slug="x", stage="test", result="skipped", note="no Python 3.13 on this machine"),
    ),
)


def test_on_a_narrow_terminal_notes_go_below() -> None:
    assert [line.text for line in run_lines.summary(RESULT, width=30)] == [
        "✓ lint         success       1.0 s",
        "- test (3.13)  skipped",
        "    no Python 3.13 on this",
        "    machine",
        "",
        "passed in 61.2 s: 1 success, 1 skipped",
        "http://127.0.0.1:8000",
        "second line",
    ]


def test_a_terminal_without_unicode_gets_ascii() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    Plain(stream).finished(RESULT)
    assert written.getvalue().decode("ascii").splitlines()[1] == "+ lint         success       1.0 s"
    assert run_lines.encodable("é ☃ ✗", "latin-1") == "é ? x"


def test_nothing_to_run_is_said() -> None:
    nothing = Result(result="success", commit="0" * 40, dirty=False, seconds=0, jobs=())
    assert [line.text for line in run_lines.summary(nothing)] == ["nothing to run: nothing failed last time"]


def on_terminal(
    project: Project, pipeline: str, *, columns: int, env: dict[str, str], rows: int = 24, verbose: bool = False
) -> str:
    """Everything that a run writes to a terminal of this size."""
    outer, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    code = f"""
import sys
sys.path[:0] = {sys.path!r}
from pathlib import Path
from ci import runner
from ci.report import terminal
from tests.ci.runner.project import Project
project = Project(Path({str(project.root)!r}))
runner.run(project.plan({pipeline!r}), project.root, display=terminal.display(verbose={verbose}))
"""
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=inner, stdout=inner, stderr=inner, env={**clean, "TERM": "xterm", **env}
    )
    os.close(inner)
    written = b""
    try:
        while chunk := os.read(outer, 65536):
            written += chunk
    except OSError:  # the other end is closed
        pass
    os.close(outer)
    assert process.wait() == 0, written
    return written.decode()


SLOW = "[[stage]]\nname = 'slow'\nrun = ['printf \"\\\\tworking hard on a long line\\n\"; sleep 0.5']"


def test_a_terminal_shows_running_jobs_live_and_folds_their_output(project: Project) -> None:
    written = on_terminal(project, SLOW, columns=80, env={"PYTHONIOENCODING": "utf-8"})
    assert "working hard on a long line" in written  # while it ran
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", without_times(written)).replace("\r", "")
    assert "✓ slow  success       0.0 s\n" in text
    assert text.endswith("\npassed in 0.0 s: 1 success\n")
    assert written.count("\x1b[?25l") == written.count("\x1b[?25h") == 1  # the cursor comes back


FAILING = """
[[stage]]
name = "lint"
run = ["echo found; sleep 0.5; exit 3"]
[[stage]]
name = "test"
matrix = { shard = [1, 2, 3, 4] }
run = ["true"]
"""
UTF_8 = {"PYTHONIOENCODING": "utf-8"}


def pictures(written: str) -> str:
    """What a terminal was told to show, without the sequences that move and colour."""
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", written).replace("\r", "")


def test_jobs_that_wait_are_listed(project: Project) -> None:
    shown = pictures(on_terminal(project, FAILING, columns=80, env=UTF_8))
    assert "· test (1)     waits\n· test (2)     waits\n· test (3)     waits\n· test (4)     waits" in shown


def test_jobs_that_wait_take_no_more_lines_than_there_are(project: Project) -> None:
    shown = pictures(on_terminal(project, FAILING, columns=80, rows=4, env=UTF_8))
    assert "· test (1)     waits\n· 3 more" in shown and "· test (2)" not in shown


def test_a_failure_is_said_once(project: Project) -> None:
    shown = pictures(on_terminal(project, FAILING, columns=80, env=UTF_8))
    assert without_times(shown).endswith("""
lint: end of reports/lint/log.txt
  $ echo found; sleep 0.5; exit 3
  found

failed in 0.0 s: 1 failure, 4 not-run
""")
    assert shown.count("exit code 3") == 1


@pytest.mark.parametrize(("output", "percent"), [
    ("tests/test_a.py ....   [  4%]\n", 4),
    ("....  [ 42%]\n.... [ 97%]\n..", 97),
    ("[gw0] [ 42%] PASSED tests/test_a.py::test[50%]\n", 42),
    ("tests/test_a.py::test_b PASSED   [100%]\n", 100),
    ("....  [ 42%]\nand then\n", 42),
    ("....  [100%]\n$ another command\n", None),
    ("Downloading 50%\n", None),
])
def test_how_far_the_tests_of_a_job_are(output: str, percent: int | None) -> None:
    from ci.report.live import Running

    assert Running(0.0).after(output).percent == percent


def test_a_running_job_shows_how_far_its_tests_are(project: Project) -> None:
    pipeline = "[[stage]]\nname = 'test'\nrun = ['echo \"[gw1] [ 42%] PASSED\"; sleep 0.5']"
    shown = pictures(on_terminal(project, pipeline, columns=80, env=UTF_8))
    assert re.search(r" test +\d+ s   42 %  \[gw1\] \[ 42%\] PASSED\n", shown)


def test_a_narrow_terminal_without_colour_and_unicode_is_served(project: Project) -> None:
    written = on_terminal(project, SLOW, columns=24, env={"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"})
    assert written.isascii()
    assert not re.findall(r"\x1b\[[0-9;]*3[0-9]m", written)
    assert "+ slow  success" in written


def test_verbose_shows_all_output_on_a_terminal(project: Project) -> None:
    written = on_terminal(project, SLOW, columns=80, env={"PYTHONIOENCODING": "utf-8"}, verbose=True)
    assert "slow | \tworking hard on a long line\r\n" in written
    assert "\x1b" not in written


def test_rich_is_loaded_for_terminals_only() -> None:
    code = "import sys; from ci import runner; from ci.report import terminal; print('rich' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=environment) == "False\n"


@pytest.mark.parametrize(
    ("result", "signal", "exit_code"), [("success", 0, 0), ("failure", 0, 1), ("cancelled", 2, 130)]
)
def test_the_result_as_json(result: str, signal: int, exit_code: int) -> None:
    made = Result(result=result, commit="c", dirty=False, seconds=1, jobs=(), signal=signal)  # type: ignore[arg-type]
    assert made.exit_code == exit_code
    assert f'"result": "{result}"' in runner.to_json(made)
