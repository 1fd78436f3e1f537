"""Find and end every process of a job, also those that made themselves a session of their own.

Each process of a job inherits the variable CI_JOB_COOKIE, which /proc shows (Jenkins ends leftovers the same way). A
process that is meant to outlive its job removes the variable and starts a session. Where there is no /proc, only the
process groups of the job's commands are known.
"""

import os
import signal
import time
from collections.abc import Iterable
from pathlib import Path

COOKIE = "CI_JOB_COOKIE"
_PROC = Path("/proc")
_HAS_PROC = (_PROC / "self" / "environ").exists()
_PAUSE, _SHORT_PAUSE = 0.02, 0.001
_MOST_SCANS, _MOST_LOOKS, _EMPTY_LOOKS = 10, 100, 3
_CHUNK = 65_536
# Fields of /proc/<pid>/stat after the name (proc(5)): 0 state, 2 process group, 6 flags, 48 end of the environment.
_KERNEL_THREAD = 0x200000


def cookies(value: str) -> list[str]:
    """The cookies in the variable's value: a run inside a job of another run adds its own."""
    return value.split(":")


def alive(cookie: str, groups: Iterable[int] = ()) -> set[int]:
    """Ids of the living processes that carry a cookie beginning with ``cookie`` or belong to one of ``groups``."""
    wanted = set(groups)
    if not _HAS_PROC:
        return {group for group in wanted if has_members(group)}
    known_as_gone: set[int] = set()
    for _scan in range(_MOST_SCANS):
        answers = {pid: _belongs(pid, cookie, wanted) for pid in map(int, filter(str.isdigit, os.listdir(_PROC)))}
        found = {pid for pid, answer in answers.items() if answer} - {os.getpid()}
        gone = {pid for pid, answer in answers.items() if answer is None}
        if found or gone <= known_as_gone:
            break
        known_as_gone |= gone  # each may have left a child that the list was too early for
    return found


def _belongs(pid: int, cookie: str, groups: set[int]) -> bool | None:
    """Whether a process is one of those looked for; None if it ended meanwhile.

    An empty environment can be one that is just being replaced (exec), so it counts only when seen several times.
    """
    try:
        for _look in range(_EMPTY_LOOKS):
            fields = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
            if fields[0] in b"ZX":
                return None
            if int(fields[6]) & _KERNEL_THREAD:
                return False
            if int(fields[2]) in groups:
                return True
            environ = _read(f"/proc/{pid}/environ")
            if environ:
                return _carries(environ, cookie)
            _wait_for_exec(pid)
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError:  # another user's
        pass
    return False


def _wait_for_exec(pid: int) -> None:
    """Wait until the system has given a process its environment, which takes a moment on a busy machine."""
    for _look in range(_MOST_LOOKS):
        if int(_read(f"/proc/{pid}/stat").rpartition(b")")[2].split()[48]):
            return
        time.sleep(_SHORT_PAUSE)


def _read(path: str) -> bytes:
    """The whole file; three times as quick as ``open``, which counts where there are hundreds of processes."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        data = b""
        while chunk := os.read(descriptor, _CHUNK):
            data += chunk
        return data
    finally:
        os.close(descriptor)


def _carries(environ: bytes, cookie: str) -> bool:
    if cookie.encode() not in environ:
        return False
    variables = environ.decode(errors="surrogateescape").split("\0")
    values = (value for name, _, value in (entry.partition("=") for entry in variables) if name == COOKIE)
    return any(one.startswith(cookie) for value in values for one in cookies(value))


def has_members(group: int) -> bool:
    """Whether a process group has members."""
    return _send(-group, 0)


def send(pids: Iterable[int], number: int) -> None:
    """Send a signal to processes; those that are gone are no error.

    The older ones first: a shell that waits for its child may still say its last words when that is gone before it.
    """
    for pid in sorted(pids):
        _send(pid if _HAS_PROC else -pid, number)


def _send(pid: int, number: int) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def end_all(cookie: str, *, grace: float = 2.0) -> int:
    """End all processes whose cookie begins with ``cookie``, politely for ``grace`` seconds. Returns their number."""
    asked: set[int] = set()
    deadline = time.monotonic() + grace
    while left := alive(cookie):
        late = time.monotonic() > deadline
        send(left if late else left - asked, signal.SIGKILL if late else signal.SIGTERM)
        asked |= left
        if time.monotonic() > deadline + 5:
            break  # not even SIGKILL ends a process that waits for a broken disk
        time.sleep(_PAUSE)
    return len(asked)
