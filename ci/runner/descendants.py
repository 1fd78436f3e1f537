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
_MOST_SCANS, _MOST_LOOKS = 3, 200


def cookies(value: str) -> list[str]:
    """The cookies in the variable's value: a run inside a job of another run adds its own."""
    return value.split(":")


def alive(cookie: str, groups: Iterable[int] = ()) -> set[int]:
    """Ids of the living processes that carry a cookie beginning with ``cookie`` or belong to one of ``groups``."""
    wanted = set(groups)
    if not _HAS_PROC:
        return {group for group in wanted if has_members(group)}
    for _scan in range(_MOST_SCANS):
        answers = {pid: _belongs(pid, cookie, wanted) for pid in map(int, filter(str.isdigit, os.listdir(_PROC)))}
        found = {pid for pid, answer in answers.items() if answer} - {os.getpid()}
        # One that ended between list and look may have left a child that the list doesn't hold.
        if found or None not in answers.values():
            break
    return found


def _belongs(pid: int, cookie: str, groups: set[int]) -> bool | None:
    """Whether a process is one of those looked for; None if it ended meanwhile."""
    try:
        for _look in range(_MOST_LOOKS):
            with open(f"/proc/{pid}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
            if fields[0] in b"ZX":
                return False
            if int(fields[2]) in groups:
                return True
            with open(f"/proc/{pid}/environ", "rb") as file:
                environ = file.read()
            if environ or not _is_starting(fields):
                return _carries(environ, cookie)
            time.sleep(_SHORT_PAUSE)
    except (FileNotFoundError, ProcessLookupError):
        return None
    except PermissionError:  # another user's
        pass
    return False


def _is_starting(fields: list[bytes]) -> bool:
    """Whether a process is in the middle of exec, without its environment yet (proc(5): fields 9 and 51 of stat)."""
    is_kernel_thread = int(fields[6]) & 0x200000
    return not is_kernel_thread and int(fields[48]) == 0


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
    """Send a signal to processes; those that are gone are no error."""
    for pid in pids:
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
