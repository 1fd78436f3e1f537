"""What a host and its caller say to each other over ssh: messages of `remote`, and what ssh itself complains of."""

import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from typing import IO

import msgspec

from ci.deploy.targets import Deployed, Release, Say
from ci.errors import CiError, UsageError
from ci.visible import ESCAPES, one_line

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


class Message(msgspec.Struct, frozen=True):
    """One line of `remote`: that it has begun, a sentence, or one of the ends."""

    begun: bool = False
    say: str | None = None
    error: str | None = None
    exit_code: int = 1
    deployed: Deployed | None = None
    releases: tuple[Release, ...] | None = None
    stopped: bool = False


class Conversation:
    """Sends a payload to the host and follows its messages, until it has told its last one."""

    def __init__(self, process: subprocess.Popen[bytes], *, host: str, python: str, say: Say) -> None:
        self._process, self._host, self._python, self._say = process, host, python, say
        self._complaints: deque[str] = deque(maxlen=10)
        self._was_reached = False

    def hold(self, payload: bytes) -> Message:
        """Send ``payload``, and return the host's last message. Raises CiError; any other error ends what was begun."""
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
            raise RemoteError(f"{self._host}: {presentable(last.error)}", last.exit_code)
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
        self._say(f"interrupted; {self._host} undoes what was begun")
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
        name, code = self._host, self._process.returncode
        if self._was_reached:
            return CiError(
                f"the connection to {name} was lost. A release serves there, the old or the new one: see which with "
                f"`ci releases`\n{said}".rstrip()
            )
        if code == 127:
            return UsageError(f"{name} has no program {self._python}: install Python 3.11 or newer there\n{said}")
        advice = next((text for pattern, text in _ADVICE.items() if pattern in said), "Try it with: ssh " + name)
        return CiError(f"{name} can't be reached with ssh (exit code {code}):\n{said}\n{advice}")


def presentable(text: str) -> str:
    """Text from a host without what would move a terminal's cursor, colour it or turn its direction."""
    return "\n".join(one_line(line) for line in ESCAPES.sub("", text).split("\n"))
