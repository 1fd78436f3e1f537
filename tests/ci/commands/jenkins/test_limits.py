"""What only real time and a real system show: servers that never answer, full disks, readers that go away."""

import socket
import subprocess
from collections.abc import Iterator

import pytest

from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


@pytest.mark.parametrize("command", ["run app --wait", "run app --no-validate", "watch app", "rebuild app"])
def test_a_server_that_never_answers_is_left_after_the_time_limit(console: Console, silent: str, command: str) -> None:
    console.in_real_time = True
    done = console(*command.split(), "--timeout", "0.5", JENKINS_URL=silent)
    uncertain = "--no-validate" in command
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1 if uncertain else 7, "", 1)


def test_a_server_whose_answer_drips_is_left_after_the_time_limit(jenkins: JenkinsDouble, console: Console) -> None:
    console.in_real_time = True
    jenkins.add_job("app").add_build()
    jenkins.faults.slow_body(0.1, size=1, times=99)
    done = console("watch", "app", "--timeout", "0.5")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (7, "", 1)


def test_a_log_that_drips_is_left_after_the_time_limit(busy: JenkinsDouble, live: Shell) -> None:
    busy.add_job("app").on_trigger(quiet=0, duration=3600.0, log=b"x" * 4000)
    busy.faults.slow_body(0.1, size=1, times=99, path="*/logText/*")
    done = live("run", "app", "--follow", "--timeout", "2")
    assert (done.returncode, len(done.stderr.splitlines())) == (7, 1)
    assert done.stderr.endswith("(go on: ci jenkins watch app 1)\n")


def test_a_full_disk_ends_a_download_and_leaves_no_half_file(jenkins: JenkinsDouble, ci: Shell) -> None:
    """Here the system lets no file grow beyond 200 blocks."""
    jenkins.add_job("app").add_build(artifacts={"small": b"x", "large": b"x" * 1_000_000})
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh", *ci.command("download", "app", "-D", "out")],
        cwd=ci.folder, env=ci.environment, timeout=60, text=True, capture_output=True,
    )
    assert (done.returncode, done.stderr) == (1, "ci: out/large can't be written: File too large\n")
    assert [path.name for path in (ci.folder / "out").iterdir()] == ["small"]


@pytest.mark.parametrize("command", ["log app", "list app -n 2000", "view app --tests", "log app --json"])
def test_a_reader_that_has_seen_enough_is_no_traceback(jenkins: JenkinsDouble, ci: Shell, command: str) -> None:
    """As with `ci jenkins log app | head -n 1`, here with a reader that takes nothing."""
    jenkins.add_job("app").add_build(log=b"a line of a log\n" * 100_000)
    with subprocess.Popen(
        ci.command(*command.split()), cwd=ci.folder, env=ci.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
