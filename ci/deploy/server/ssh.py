"""The caller's side of a deployment over ssh: one connection, through which everything goes.

The host needs Python and nothing else. It gets the server half of this package (`program`), the request and the
archive on standard input, which stays open: when it ends, by Ctrl-C here or because the connection is lost, the host
undoes what was begun. Nothing but the name of the host and of its Python is on a command line.
"""

import json
import re
import shlex
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import msgspec

from ci.deploy.server import program
from ci.deploy.signals import leaving_on_signal
from ci.deploy.targets import Deployed, Release, Say
from ci.errors import CiError, UsageError
from ci.visible import one_line

#: The user's own configuration and agent say how to log in; a question would wait for ever, so none is asked.
_OPTIONS = (
    "-T",
    *("-o", "BatchMode=yes"),
    *("-o", "ConnectTimeout=15"),
    *("-o", "ServerAliveInterval=15"),
    *("-o", "ServerAliveCountMax=4"),
    *("-o", "ForwardAgent=no"),
    *("-o", "ForwardX11=no"),
    *("-o", "ClearAllForwardings=yes"),
)

# What the host's Python reads first. It must parse on every Python 3.
BOOTSTRAP = """\
import json, os, sys, tempfile
data = sys.stdin.buffer
request = json.loads(data.readline().decode())
if sys.version_info < (3, 11):
    found = "%s is Python %d.%d" % ((sys.executable,) + sys.version_info[:2])
    print(json.dumps({"error": found + "; the server needs 3.11 or newer: name it as `python`", "exit_code": 2}))
    sys.exit()
with tempfile.TemporaryDirectory(prefix="ci-") as folder:
    path = os.path.join(folder, "ci.pyz")
    with open(path, "wb") as file:
        file.write(data.read(request["program_size"]))
    sys.path.insert(0, path)
    from ci.deploy.server import remote
    sys.exit(remote.main(request, data, folder))
"""

_ADVICE = {
    "Host key verification failed": "Add the host's key to your known_hosts, after you have compared it",
    "Permission denied": "Give your public key to the host (ssh-copy-id), or your key to an agent (ssh-add)",
    "Could not resolve hostname": "Check `host` in ci/pipeline.toml",
}

_LONGEST_LINE = 1_000_000
_UNDOING = 90.0  # seconds that the host has to undo what was begun


class RemoteError(CiError):
    """What the host says went wrong there, with its exit code."""

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code


@dataclass(frozen=True)
class Host:
    """A machine that ssh knows as ``name``; ``python`` runs there, ``config`` is a file for ssh's option -F."""

    name: str
    python: str = "python3"
    config: str = ""


class Message(msgspec.Struct, frozen=True):
    """One line of `remote`: that it has begun, a sentence, or one of the ends."""

    begun: bool = False
    say: str | None = None
    error: str | None = None
    exit_code: int = 1
    deployed: Deployed | None = None
    releases: tuple[Release, ...] | None = None
    stopped: bool = False


def call(host: Host, request: dict[str, Any], *, archive: Path | None = None, root: Path, say: Say) -> Message:
    """Have ``request`` done on the host; return its last message.

    ``say`` gets what the host says meanwhile. ssh runs in the folder ``root``. Raises CiError: what the host says, or
    why it can't be reached. KeyboardInterrupt or SystemExit end it after the host has undone what was begun.
    """
    arguments = [*_OPTIONS, *(("-F", host.config) if host.config else ()), "--", host.name]
    size = len(BOOTSTRAP.encode())
    there = f"{shlex.quote(host.python)} -I -c 'import sys; exec(sys.stdin.buffer.read({size}))'"
    try:
        process = subprocess.Popen(
            ["ssh", *arguments, there],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=root,
            start_new_session=True,  # Ctrl-C is for this process, which tells the host
        )
    except FileNotFoundError:
        raise UsageError("ssh is not installed, or not on PATH") from None
    with process, leaving_on_signal():
        return _Conversation(process, host, say).hold(_payload(request, archive))


def _payload(request: dict[str, Any], archive: Path | None) -> bytes:
    tool, release = program.content(), archive.read_bytes() if archive else b""
    sizes = {"program_size": len(tool), "archive_size": len(release), "archive_name": archive.name if archive else "-"}
    return BOOTSTRAP.encode() + json.dumps({**request, **sizes}).encode() + b"\n" + tool + release


class _Conversation:
    """Sends a payload to the host and follows its messages, until it has told its last one."""

    def __init__(self, process: subprocess.Popen[bytes], host: Host, say: Say) -> None:
        self._process, self._host, self._say = process, host, say
        self._complaints: deque[str] = deque(maxlen=10)
        self._was_reached = False

    def hold(self, payload: bytes) -> Message:
        assert self._process.stdin and self._process.stdout and self._process.stderr
        reader = threading.Thread(target=self._listen, args=(self._process.stderr,), daemon=True)
        reader.start()
        try:
            self._send(self._process.stdin, payload)
            last = self._last(self._process.stdout)
        except BaseException:
            self._hang_up(self._process.stdin, self._process.stdout)
            raise
        finally:
            self._end()
            reader.join(timeout=5)
        if last is None:
            raise self._failure()
        if last.error is not None:
            raise RemoteError(f"{self._host.name}: {presentable(last.error)}", last.exit_code)
        return last

    def _send(self, stream: IO[bytes], payload: bytes) -> None:
        try:
            stream.write(payload)
            stream.flush()
        except BrokenPipeError:
            pass  # ssh has ended, and says why

    def _last(self, stream: IO[bytes]) -> Message | None:
        """Say what the host says; the message that ends it, None if the connection ended before."""
        for message in self._messages(stream):
            self._was_reached = True
            if message.say is not None:
                self._say(presentable(message.say))
            elif not message.begun:
                return message
        return None

    def _messages(self, stream: IO[bytes]) -> Iterator[Message]:
        while line := stream.readline(_LONGEST_LINE):
            try:
                yield msgspec.json.decode(line, type=Message)
            except msgspec.DecodeError:  # what the host's shell says when somebody logs in
                self._say(presentable(line.decode(errors="replace").rstrip()))

    def _hang_up(self, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        """Let the host undo what was begun, and say what it says."""
        self._say(f"interrupted; {self._host.name} undoes what was begun")
        limit = threading.Timer(_UNDOING, self._process.kill)
        limit.start()
        try:
            self._close(stdin)
            self._last(stdout)
        finally:
            limit.cancel()

    def _end(self) -> None:
        assert self._process.stdin
        self._close(self._process.stdin)
        try:
            self._process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _close(self, stdin: IO[bytes]) -> None:
        try:
            stdin.close()
        except BrokenPipeError:
            pass

    def _listen(self, stream: IO[bytes]) -> None:
        for line in stream:
            if text := presentable(line.decode(errors="replace").strip()):
                self._complaints.append(text)

    def _failure(self) -> CiError:
        """Why there was no last message."""
        said = "\n".join(f"    {line}" for line in self._complaints)
        name, code = self._host.name, self._process.returncode
        if self._was_reached:
            return CiError(
                f"the connection to {name} was lost. A release serves there, the old or the new one: see which with "
                f"`ci releases`\n{said}".rstrip()
            )
        if code == 127:
            return UsageError(f"{name} has no program {self._host.python}: install Python 3.11 or newer there\n{said}")
        advice = next((text for pattern, text in _ADVICE.items() if pattern in said), "Try it with: ssh " + name)
        return CiError(f"{name} can't be reached with ssh (exit code {code}):\n{said}\n{advice}")


def presentable(text: str) -> str:
    """Text from a host without what would move a terminal's cursor, colour it or turn its direction."""
    return "\n".join(one_line(line) for line in re.sub(r"\x1b\[[0-?]*[ -/]*[@-~]", "", text).split("\n"))
