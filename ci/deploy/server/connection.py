"""Which process is at the other end of a connection: tells two releases apart whose answers don't name them.

Linux says it: /proc/net/tcp lists both ends of a connection on this machine, and /proc/PID/fd who holds one (proc(5)).
"""

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_ACCEPTED = 1.0  # seconds that a server may take to accept a connection
_LOOPBACK = f"{int.from_bytes(socket.inet_aton('127.0.0.1'), sys.byteorder):08X}"


def is_held_by(master: int, client: socket.socket) -> bool:
    """Whether gunicorn's process ``master``, or a worker of it, has accepted the connection of ``client`` to 127.0.0.1.

    False where that can't be known: on another system than Linux, or if nobody accepts it within a second.
    """
    deadline = time.monotonic() + _ACCEPTED
    while (inode := _other_end(client)) == "0" and time.monotonic() < deadline:
        time.sleep(0.005)
    return inode not in (None, "0") and any(f"socket:[{inode}]" in _open(pid) for pid in _family(master))


def _other_end(client: socket.socket) -> str | None:
    """The inode of the server's socket, "0" before it is accepted; None if it is not listed."""
    ours, theirs = client.getsockname()[1], client.getpeername()[1]
    for name in ("tcp", "tcp6"):  # a socket for both IP versions stands in the second
        with suppress(OSError):
            for line in Path("/proc/net", name).read_text().splitlines()[1:]:
                _, local, remote, *_ = fields = line.split()
                if local.endswith(f":{theirs:04X}") and remote.endswith(f"{_LOOPBACK}:{ours:04X}"):
                    return fields[9]
    return None


def _family(master: int) -> list[int]:
    with suppress(OSError):
        return [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())]
    return []


def _open(process: int) -> set[str]:
    """What the file descriptors of a process lead to."""
    return set(_targets(f"/proc/{process}/fd"))


def _targets(folder: str) -> Iterator[str]:
    with suppress(OSError):
        for name in os.listdir(folder):
            with suppress(OSError):  # closed meanwhile
                yield os.readlink(f"{folder}/{name}")
