"""The caller's side of a deployment over ssh: one connection, through which everything goes.

The host needs Python and nothing else. It gets the server half of this package (`program`), the request and the
archive on standard input, which stays open: when it ends, by Ctrl-C here or because the connection is lost, the host
undoes what was begun. Nothing but the name of the host and of its Python is on a command line.
"""

import json
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci.deploy.server import program
from ci.deploy.server.conversation import Conversation, Message
from ci.deploy.signals import leaving_on_signal
from ci.deploy.targets import Say
from ci.errors import UsageError

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


@dataclass(frozen=True)
class Host:
    """A machine that ssh knows as ``name``; ``python`` runs there, ``config`` is a file for ssh's option -F."""

    name: str
    python: str = "python3"
    config: str = ""


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
        return Conversation(process, host=host.name, python=host.python, say=say).hold(_payload(request, archive))


def _payload(request: dict[str, Any], archive: Path | None) -> bytes:
    tool, release = program.content(), archive.read_bytes() if archive else b""
    sizes = {"program_size": len(tool), "archive_size": len(release), "archive_name": archive.name if archive else "-"}
    return BOOTSTRAP.encode() + json.dumps({**request, **sizes}).encode() + b"\n" + tool + release
