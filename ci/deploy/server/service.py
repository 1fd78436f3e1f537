"""The systemd unit of a server: it starts the server with the machine, and again when it has ended by itself.

The unit can't run gunicorn itself: with each exchange the main process becomes another one, and gunicorn writes its
new pid file only after the old process has ended, when systemd has already given the service up (Type=forking with
PIDFile, systemd.service(5)). So the unit runs `supervisor`, which waits for the lock that all processes of a
server hold, whichever they are.
"""

import os
import re
import shlex
from pathlib import Path

from ci.deploy.server import program
from ci.deploy.targets import Say

PROGRAM = "serve.pyz"

_UNIT = """\
# Made by `ci deploy`. Starts the server with the machine, and again when it has ended by itself:
#   systemctl --user enable --now {path}
#   loginctl enable-linger
[Unit]
Description=The release in {directory}
After=network.target

[Service]
Type=exec
ExecStart={command}
Restart=on-failure
RestartSec=2
KillMode=mixed
TimeoutStopSec=60

[Install]
WantedBy=default.target
"""


def unit_name(directory: Path) -> str:
    """What the unit of the server in ``directory`` is called."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", directory.name) + ".service"


def unit(directory: Path) -> str:
    """The unit of the server in ``directory`` (absolute)."""
    return _UNIT.format(
        path=shlex.quote(str(directory / unit_name(directory))),
        directory=str(directory).replace("%", "%%"),
        command=_command(directory / "current/.venv/bin/python", directory / PROGRAM),
    )


def write(directory: Path, *, say: Say) -> None:
    """Put the unit and what it runs into ``directory``; a failure is said, since the release serves without them."""
    try:
        _write(directory / PROGRAM, program.content())
        _write(directory / unit_name(directory), unit(directory).encode())
    except OSError as error:
        say(f"{error.filename} can't be written: {error.strerror}")


def _write(path: Path, content: bytes) -> None:
    """Write a file in one step, if it would change."""
    if path.exists() and path.read_bytes() == content:
        return
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def _command(python: Path, program: Path) -> str:
    words = f"{_quoted(python)} -I {_quoted(program)}"
    if re.search(r"""["'\\$]""", str(python)):  # systemd takes these in an argument, but not in the program (252)
        return f"""/bin/sh -c 'exec "$$0" "$$@"' {words}"""
    return words


def _quoted(path: Path) -> str:
    """A path as a word of a command line of systemd (systemd.service(5), COMMAND LINES)."""
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if re.fullmatch(r"[\w./%$@+,:=-]+", escaped) else f'"{escaped}"'
