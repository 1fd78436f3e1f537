"""Shell completion of job and branch names: from a private file, never from the server itself."""

import json
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ci.commands.jenkins import completion
from ci.commands.jenkins import jenkins as jenkins_group
from tests.ci.commands.jenkins.console import Console
from tests.ci.commands.jenkins.shell import Shell
from tests.fakes.jenkins import JenkinsDouble
from tests.processes import until
from tests.tool import CI


def complete(ci: Shell, words: str) -> list[str]:
    """What the shell offers for the last word."""
    environment = {
        **ci.environment, "_CI_COMPLETE": "bash_complete", "COMP_WORDS": words,
        "COMP_CWORD": str(words.count(" ")),
    }
    done = subprocess.run(
        CI, cwd=ci.folder, env=environment, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return [line.removeprefix("plain,") for line in done.stdout.splitlines() if line]


def cache(ci: Shell, pattern: str = "*.json") -> list[Path]:
    return list((ci.folder / ".cache/ci").glob(pattern))


def test_names_come_from_a_private_file_that_is_renewed_in_the_background(
    jenkins: JenkinsDouble, ci: Shell
) -> None:
    jenkins.add_job("folder/app")
    jenkins.add_multibranch("shop", ["main", "feature/login"])
    assert complete(ci, "ci jenkins run s") == []
    until(lambda: bool(cache(ci)))
    assert stat.S_IMODE(cache(ci)[0].stat().st_mode) == 0o600
    jenkins.faults.refuse()
    assert complete(ci, "ci jenkins run s") == ["shop"]
    assert complete(ci, "ci jenkins view f") == ["folder/app"]
    assert complete(ci, "ci jenkins run shop -b f") == ["feature/login"]
    assert len(jenkins.calls) == 1


def test_a_damaged_file_and_a_server_that_is_gone_are_no_errors(jenkins: JenkinsDouble, ci: Shell) -> None:
    jenkins.faults.refuse()
    assert complete(ci, "ci jenkins run s") == []
    (ci.folder / ".cache/ci").joinpath(cache(ci, "*.tried")[0].stem + ".json").write_text(json.dumps({"a": 1}))
    assert complete(ci, "ci jenkins run s") == []


def test_a_server_that_never_answers_is_not_waited_for(ci: Shell) -> None:
    """The shell has its answer while the server still has the question."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ci.environment["JENKINS_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert complete(ci, "ci jenkins run s") == []
        silent.settimeout(30)
        connection = silent.accept()[0]
        with connection:
            assert connection.recv(3) == b"GET"
            assert complete(ci, "ci jenkins run s") == []


def test_a_process_that_asks_a_server_in_vain_ends_by_itself(ci: Shell) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ci.environment["JENKINS_URL"] = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        code = "from ci.commands.jenkins import completion as c; c._PATIENCE = 1; c.renew()"
        done = subprocess.run([sys.executable, "-c", code], env=ci.environment, cwd=ci.folder, timeout=60)
    assert (done.returncode, cache(ci)) == (-signal.SIGALRM, [])


@pytest.mark.parametrize("content", ["[[1, 2]]", "[[null, null]]", "[" * 100_000, f'[["shop", null]]{" " * 4_000_000}'])
def test_a_file_that_this_program_has_not_written_is_not_believed(
    console: Console, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    console.project({str(completion.cache_file()): content})
    command = jenkins_group.get_command(click.Context(jenkins_group), "run")
    assert command
    context = click.Context(command)
    job, branch = (next(one for one in command.params if one.name == name) for name in ("job", "branch"))
    assert [job.shell_complete(context, "s"), branch.shell_complete(context, "f")] == [[], []]


@pytest.mark.parametrize("variable", ["JENKINS_URL", "XDG_CACHE_HOME"])
def test_without_an_address_or_a_place_there_is_nothing_to_offer(ci: Shell, variable: str) -> None:
    ci.environment[variable] = "" if variable == "JENKINS_URL" else "/dev/null"
    assert complete(ci, "ci jenkins run s") == []
