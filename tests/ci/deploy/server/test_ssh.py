"""The conversation with a host, over a program that stands for ssh and runs the host's command here."""

import ast
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ci.deploy.server import ssh
from ci.deploy.server.conversation import Message, presentable
from ci.deploy.server.ssh import Host
from ci.errors import CiError

HOST = Host("deploy@shop", python=sys.executable, config="ssh_config")


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> Path:
    """Put a program called ssh on PATH; it writes down its arguments, then runs ``script``. Return where."""
    program, arguments = folder / "bin" / "ssh", folder / "arguments"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >{shlex.quote(str(arguments))}\n{script}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return arguments


def ask(folder: Path, said: list[str]) -> Message:
    """Ask the host for the releases in an empty folder of it."""
    return ssh.call(HOST, {"command": "releases", "directory": str(folder / "none")}, root=folder, say=said.append)


def test_a_whole_conversation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No question can wait for ever, nothing is forwarded, and what is wanted is on no command line."""
    run_there = 'while [ $# -gt 1 ]; do shift; done; echo "Welcome to \033[31mshop"; exec sh -c "$1"'
    arguments = stand_in(tmp_path, monkeypatch, run_there)
    said: list[str] = []
    assert ask(tmp_path, said).releases == ()
    assert said == ["Welcome to shop"]  # what the host's shell says to everybody
    *options, command = arguments.read_text().splitlines()
    assert options == [
        "-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=15", "-o", "ServerAliveInterval=15",
        "-o", "ServerAliveCountMax=4", "-o", "ForwardAgent=no", "-o", "ForwardX11=no", "-o", "ClearAllForwardings=yes",
        "-F", "ssh_config", "--", "deploy@shop",
    ]  # fmt: skip
    assert command.startswith(f"{sys.executable} -I -c 'import sys; exec(sys.stdin.buffer.read(")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'Permission denied (publickey).' >&2; exit 255",
         "deploy@shop can't be reached with ssh (exit code 255):\n    Permission denied (publickey).\n"
         "Give your public key to the host (ssh-copy-id), or your key to an agent (ssh-add)"),
        ("echo 'ssh: connect to host shop port 22: Connection refused' >&2; exit 255",
         "deploy@shop can't be reached with ssh (exit code 255):\n"
         "    ssh: connect to host shop port 22: Connection refused\nTry it with: ssh deploy@shop"),
        ("echo 'sh: python3.99: not found' >&2; exit 127",
         f"deploy@shop has no program {sys.executable}: install Python 3.11 or newer there\n"
         "    sh: python3.99: not found"),
        ("""echo '{"begun": true}'; echo 'Connection reset by peer' >&2; exit 255""",
         "the connection to deploy@shop was lost. A release serves there, the old or the new one: see which with "
         "`ci releases`\n    Connection reset by peer"),
        ("""cat >/dev/null & echo '{"error": "the disk is \\\\u001b[31mfull", "exit_code": 2}'; kill $!""",
         "deploy@shop: the disk is full"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str
) -> None:
    stand_in(tmp_path, monkeypatch, script)
    with pytest.raises(CiError) as caught:
        ask(tmp_path, [])
    assert str(caught.value) == message


def test_without_ssh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CiError, match="ssh is not installed, or not on PATH"):
        ask(tmp_path, [])


def test_an_old_python_can_read_what_tells_it_that_it_is_too_old() -> None:
    ast.parse(ssh.BOOTSTRAP, feature_version=(3, 4))


def test_a_python_that_is_too_old_says_so() -> None:
    read = f"exec(sys.stdin.buffer.read({len(ssh.BOOTSTRAP)}))"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.version_info = (3, 9, 2); {read}"],
        input=f"{ssh.BOOTSTRAP}{{}}\n".encode(),
        capture_output=True,
    )
    assert json.loads(done.stdout) == {
        "error": f"{sys.executable} is Python 3.9; the server needs 3.11 or newer: name it as `python`", "exit_code": 2,
    }  # fmt: skip


def test_a_host_can_not_draw_on_the_terminal() -> None:
    assert presentable("a\x1b[2Jb\r\x07c\x9b1md\u202e\nä ✓") == "ab  c 1md \nä ✓"
