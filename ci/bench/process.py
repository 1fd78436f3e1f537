"""A worker as seen by its coordinator: started, spoken to with a deadline for every answer, and surely ended."""

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar, overload

import msgspec

from ci import process
from ci.bench.messages import Command, End, Message, Order
from ci.bench.settings import Settings, Side
from ci.runner import descendants

WORKER = Path(__file__).with_name("worker.py")

#: A session writes no file of its own into the checkout, and its words are for the tail that is shown if it dies.
_OPTIONS = ("--capture=no", "--color=no", "--tb=short", "--quiet", "--continue-on-collection-errors")
#: What shouldn't reach the workers: options for another pytest, and what makes one side's programs start slower.
_NOT_PASSED = ("PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
#: Files in which pytest looks for its settings, and what is in them if they have some.
_CONFIGURATIONS = {
    "pytest.toml": "", ".pytest.toml": "", "pytest.ini": "", ".pytest.ini": "", "pyproject.toml": "[tool.pytest",
    "tox.ini": "[pytest]", "setup.cfg": "[tool:pytest]",
}
_TAIL = 2000
_GRACE = 2.0
_CHUNK = 65_536

First = TypeVar("First", bound=Message)
Second = TypeVar("Second", bound=Message)
_decoder = msgspec.json.Decoder(Message)


class WorkerFault(Exception):
    """A worker gave no answer. ``how`` says what happened to it, ``output`` what it wrote last."""

    def __init__(self, side: str, how: str, output: str) -> None:
        super().__init__(f"{side}: {how}")
        self.side, self.how, self.output = side, how, output


class Worker:
    """A pytest session on one side. ``folder`` is a private one for what it writes.

    ``hash_seed`` and the order's seed are the same on both sides, so that they do the same.
    """

    def __init__(self, side: Side, order: Order, folder: Path, *, hash_seed: int, hang: float) -> None:
        self.side, self._hang = side, hang
        self._cookie = f"bench-{secrets.token_hex(8)}/"
        self._output = folder / f"{side.name}-{secrets.token_hex(4)}.txt"
        self._socket, theirs = socket.socketpair()
        reading, self._lifeline = os.pipe()
        self._buffer = b""
        command = [str(side.python), "-u", "-P", str(WORKER), str(theirs.fileno()), str(reading)]
        with open(self._output, "wb") as output:
            self._process = subprocess.Popen(
                command, cwd=side.folder, env=_environment(side, self._cookie, folder, hash_seed),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                pass_fds=(theirs.fileno(), reading),
            )
        theirs.close()
        os.close(reading)
        self.send(order)

    def send(self, command: Command) -> None:
        """Tell the worker what to do. One that is gone is noticed when it should answer."""
        try:
            self._socket.settimeout(self._hang)
            self._socket.sendall(msgspec.json.encode(command) + b"\n")
        except OSError:
            pass

    @overload
    def receive(self, expected: type[First], /) -> First: ...

    @overload
    def receive(self, expected: type[First], other: type[Second], /) -> First | Second: ...

    def receive(self, *expected: type[Any]) -> Any:
        """Its next message. Raises WorkerFault if it is gone, or says nothing for too long, or something else."""
        deadline = time.monotonic() + self._hang
        while b"\n" not in self._buffer:
            self._buffer += self._read(deadline)
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            message = _decoder.decode(line)
        except msgspec.MsgspecError as error:
            raise self._fault(f"sent what can't be read: {error}") from None
        if isinstance(message, End) and End not in expected:
            self._wait()
            raise self._fault(f"ended: exit code {message.code} of pytest")
        if not isinstance(message, expected):
            raise self._fault(f"said {type(message).__name__.lower()} too early")
        return message

    def _read(self, deadline: float) -> bytes:
        try:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            if received := self._socket.recv(_CHUNK):
                return received
        except TimeoutError:
            raise self._fault(f"did not answer within {self._hang:g} s") from None
        except OSError:
            pass
        try:
            raise self._fault(_ending(self._process.wait(_GRACE)))
        except subprocess.TimeoutExpired:
            raise self._fault("closed its connection") from None

    def _fault(self, how: str) -> WorkerFault:
        self.end()
        return WorkerFault(self.side.name, how, self.output())

    def output(self) -> str:
        """The end of what it wrote."""
        with open(self._output, "rb") as file:
            file.seek(max(os.path.getsize(self._output) - _TAIL, 0))
            return file.read().decode(errors="replace").strip()

    def finish(self) -> None:
        """Wait for the end of the session. Raises WorkerFault if it doesn't come."""
        self.receive(End)
        self._wait()

    def ask_to_end(self) -> None:
        """Interrupt a session that still runs, so that its fixtures can tidy up."""
        if self._process.poll() is None:
            descendants.send([self._process.pid], signal.SIGINT)

    def end(self) -> None:
        """End it, for a moment politely, and every process that it has started."""
        self.ask_to_end()
        self._wait()
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        self._process.wait()
        descendants.end_all(self._cookie, grace=0)
        self._socket.close()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def _wait(self) -> None:
        try:
            self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            pass


def arguments(side: Side, settings: Settings, folder: Path) -> tuple[str, ...]:
    """What pytest is told on a side; ``folder`` is a private one for what it writes."""
    empty = folder / "pytest.ini"
    empty.write_text("[pytest]\n")
    files = ((side.folder / name, text) for name, text in _CONFIGURATIONS.items())
    own = any(file.is_file() and text in file.read_text(errors="replace") for file, text in files)
    return (
        *_OPTIONS,
        "--rootdir=.",  # its whole path might hold a $, which pytest replaces
        f"--confcutdir={side.folder}",
        *(() if own else ("-c", str(empty))),  # not the settings of a folder above, which may be the other side
        f"--basetemp={folder / secrets.token_hex(4)}",
        f"--override-ini=cache_dir={folder / 'cache'}",
        *(("-k", settings.select) if settings.select else ()),
        *(settings.paths if side.name == "head" else _present(settings.paths, side.folder)),
    )


def _present(paths: Sequence[str], folder: Path) -> Sequence[str]:
    """Of ``paths`` the files and folders that are there, all if none is: for what only the head has pytest would run
    nothing. A test that is named may be such a one, so its whole file is collected.
    """
    files = dict.fromkeys(path.partition("::")[0] for path in paths)
    return [file for file in files if (folder / file).exists()] or paths


def _environment(side: Side, cookie: str, folder: Path, hash_seed: int) -> dict[str, str]:
    """The checkout's own modules come first, both sides have one hash seed, and what they leave lies in ``folder``."""
    env = {name: value for name, value in process.environment().items() if name not in _NOT_PASSED} | dict(side.env)
    outer = env.get(descendants.COOKIE)
    own = [str(path) for path in (side.folder, side.folder / "src") if path.is_dir()]
    return env | {
        descendants.COOKIE: f"{outer}:{cookie}" if outer else cookie,
        "PATH": os.pathsep.join([str(side.python.parent), env.get("PATH", os.defpath)]),
        "PYTHONPATH": os.pathsep.join(own + [path for path in [side.env.get("PYTHONPATH")] if path]),
        "PYTHONHASHSEED": str(hash_seed),
        "TMPDIR": str(folder),
    }


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with exit code {code}"
    names = {number.value: number.name for number in signal.Signals}
    return f"was ended by {names.get(-code, f'signal {-code}')}"
