"""One gunicorn in the background: started, asked, exchanged without a lost request, stopped.

A number in a pid file proves nothing: after a crash it may be another program's. What proves that the server
runs is a lock that gunicorn inherits at its start and all its processes hold, through every exchange, until
the last of them has ended. The file also says which session they are in, and a pid counts only if it belongs
to that session.
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from ci.errors import CiError

_LARGEST_LOG = 5_000_000  # bytes; a larger one is emptied at the next deployment

_LONGEST_END = 32_000  # bytes of the log that are read to show its last lines

_GLANCE = 5.0  # seconds that others, who see whether the server runs, may hold its lock

# A shell between this process and gunicorn: it starts gunicorn in the background, writes down the session and
# ends, so that gunicorn is nobody's child. Its parent could not be: a deployment ends long before the server.
_LAUNCH = 'printf "%s\\n%s\\n" "$$" "$2" >"$1"; shift 2; "$@" &'


class ServerError(CiError):
    """Gunicorn does not do what it should."""


@dataclass(frozen=True)
class Started:
    """What a server keeps from its start to its end: its port and gunicorn's arguments."""

    port: int
    arguments: tuple[str, ...]

    @property
    def address(self) -> str:
        """Where it answers on this machine."""
        return f"http://127.0.0.1:{self.port}"


class Server:
    """The gunicorn whose files are ``<folder>/<name>.pid``, ``.lock`` and ``.log``."""

    def __init__(self, folder: Path, name: str) -> None:
        self.pid_file = folder / f"{name}.pid"
        self.successor_file = folder / f"{name}.pid.2"  # gunicorn chooses this name
        self.lock_file = folder / f"{name}.lock"
        self.log_file = folder / f"{name}.log"

    def start(
        self,
        command: Sequence[str],
        started: Started,
        *,
        env: Mapping[str, str],
        listener: int | None = None,
    ) -> None:
        """Start gunicorn in the background, without waiting for an answer.

        ``command`` is its command line, ``env`` its whole environment and ``listener`` a socket that it takes over.
        """
        with self.lock_file.open("a") as lock, self.log_file.open("ab") as log:
            os.chmod(self.log_file, 0o600)
            if not _until(lambda: _is_locked_by_us(lock), _GLANCE):
                raise ServerError(f"a server that runs already holds {self.lock_file}")
            lock.truncate(0)
            self.pid_file.unlink(missing_ok=True)
            self.successor_file.unlink(missing_ok=True)
            subprocess.run(
                ["/bin/sh", "-c", _LAUNCH, "sh", str(self.lock_file), json.dumps(asdict(started)), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=env,
                cwd=self.lock_file.parent,
                check=True,
                start_new_session=True,
                pass_fds=[lock.fileno()] if listener is None else [lock.fileno(), listener],
            )

    def is_running(self) -> bool:
        """Whether any process of the server lives."""
        try:
            with self.lock_file.open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        return False

    def started(self) -> Started:
        """How the running server was started."""
        return _started(self._lock_lines()[1])

    def last_started(self) -> Started | None:
        """How the server was started that ran last; None if that is not known."""
        try:
            return _started(self.lock_file.read_text().splitlines()[1])
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def wait_for_end(self) -> None:
        """Wait until no process of the server lives."""
        with self.lock_file.open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)

    def master(self) -> int | None:
        """The process id of the gunicorn that serves."""
        return self._own_process(self.pid_file)

    def successor(self) -> int | None:
        """The process id of the gunicorn that SIGUSR2 has started beside it."""
        return self._own_process(self.successor_file)

    def wait_for_orphans(self, *, patience: float = 5.0) -> None:
        """Wait until processes have ended whose master was killed; gunicorn's notice that within two seconds."""
        _until(lambda: self.master() is not None or not self.is_running(), patience)

    def start_successor(self, *, timeout: float) -> None:
        """Start a second gunicorn on the same socket, within ``timeout`` seconds. Raises ServerError."""
        master = self.master()
        if master is None:
            raise ServerError(
                f"the server runs, but {self.pid_file} names none of its processes; "
                "run `ci stop` and deploy again"
            )
        if self.successor() is None:
            self.successor_file.unlink(missing_ok=True)
        os.kill(master, signal.SIGUSR2)
        _until(lambda: self.successor() is not None or self.master() is None, timeout)
        if self.successor() is None:
            raise ServerError("gunicorn did not start its successor")

    def drop_successor(self, *, late: float, grace: float = 3.0) -> None:
        """End the second gunicorn, within ``grace`` seconds; the first serves on.

        ``late`` in seconds: so long one that was started may take to write its pid file.
        """
        _until(lambda: self.successor() is not None, late)
        successor = self.successor()
        if successor is not None:
            _signal(successor, signal.SIGTERM)
            if not _until(lambda: self.successor() is None, grace):
                _signal(successor, signal.SIGKILL)
                _until(lambda: self.successor() is None, grace)

    def promote_successor(self, *, grace: float = 30.0) -> None:
        """End the first gunicorn; the second takes its place.

        What the first one is answering has ``grace`` seconds. Raises ServerError if there is no second.
        """
        master, successor = self.master(), self.successor()
        if master is not None:
            _signal(master, signal.SIGTERM)
            if not _until(lambda: self.master() != master, grace):
                _signal(master, signal.SIGKILL)
        if not _until(lambda: self.master() == successor, 10.0):
            raise ServerError("the new server did not take the place of the old one")

    def stop(self, *, grace: float = 30.0) -> None:
        """End all processes of the server; those that live after ``grace`` seconds are killed.

        The signal is sent again each second: a worker that is just being forked loses it (gunicorn 27.0.1).
        """
        deadline = time.monotonic() + grace
        while self.is_running() and time.monotonic() < deadline:
            _signal(-self._session(), signal.SIGTERM)
            _until(lambda: not self.is_running(), min(1.0, grace))
        if self.is_running():
            _signal(-self._session(), signal.SIGKILL)
            if not _until(lambda: not self.is_running(), 5.0):
                raise ServerError(
                    f"processes of the server do not end; see them with: ps -s {self._session()}"
                )

    def shorten_log(self) -> None:
        """Empty the log if it has become too large."""
        if self.log_file.exists() and self.log_file.stat().st_size > _LARGEST_LOG:
            os.truncate(self.log_file, 0)

    def log_size(self) -> int:
        """The size of the log in bytes."""
        return self.log_file.stat().st_size if self.log_file.exists() else 0

    def last_lines(self, *, start: int = 0, count: int = 20) -> str:
        """The last lines that the log has beyond ``start`` bytes, indented."""
        if not self.log_file.exists():
            return ""
        with self.log_file.open("rb") as log:
            log.seek(max(start, self.log_size() - _LONGEST_END))
            lines = log.read().decode(errors="replace").splitlines()
        return "\n".join(f"    {line}" for line in lines[-count:])

    def _session(self) -> int:
        return int(self._lock_lines()[0])

    def _lock_lines(self) -> list[str]:
        """Both lines of the lock file. The shell of `start` may not have written them yet."""
        if not _until(lambda: self.lock_file.read_text().count("\n") == 2, 5.0):
            raise ServerError(f"{self.lock_file} does not say which server holds it; end that server by hand")
        return self.lock_file.read_text().splitlines()

    def _own_process(self, file: Path) -> int | None:
        """The pid in ``file`` if it is one of this server's processes."""
        try:
            pid = int(file.read_text())
            return pid if self.is_running() and os.getsid(pid) == self._session() else None
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None


def _is_locked_by_us(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _started(line: str) -> Started:
    fields = json.loads(line)
    return Started(int(fields["port"]), tuple(fields["arguments"]))


def _signal(process: int, number: signal.Signals) -> None:
    """Send a signal to a process, or with a minus to a group; one that has ended already is no error."""
    try:
        if process < 0:
            os.killpg(-process, number)
        else:
            os.kill(process, number)
    except ProcessLookupError:
        pass


def _until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until ``condition`` holds; False if it doesn't within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
