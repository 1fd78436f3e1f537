"""Keeps a server up: starts the current release where none runs, and ends when the server does.

What the systemd unit runs: `python serve.pyz`, in the directory of the server.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from ci.deploy.server.activation import Activation
from ci.deploy.server.directory import ServerDirectory
from ci.deploy.server.gunicorn import Server
from ci.deploy.signals import leaving_on_signal
from ci.deploy.targets import Say
from ci.errors import CiError

#: Seconds that the release has to answer.
_TIMEOUT = 120.0


def main() -> int:
    """Supervise the server in the folder of this program; the exit code is 0 if it was stopped on purpose."""
    try:
        return supervise(Path(sys.argv[0]).absolute().parent, environ=os.environ, say=_say)
    except (CiError, OSError) as error:
        _say(str(error))
        return 1


def supervise(directory: Path, *, environ: Mapping[str, str], say: Say) -> int:
    """Start the server in ``directory`` unless it runs, and wait for its end.

    Returns 0 if it was stopped on purpose, by `ci stop` or by ending this process (SIGTERM, SIGHUP), and 1 if it ended
    by itself. Raises CiError if it can't be started.
    """
    place = ServerDirectory(directory)
    server = Server(place.shared, "gunicorn")
    try:
        with leaving_on_signal():
            _provide(place, server, environ, say)
            server.wait_for_end()
    except (KeyboardInterrupt, SystemExit):
        server.stop()
        return 0
    if place.stopped.exists():
        return 0
    say("the server has ended by itself")
    return 1


def _provide(place: ServerDirectory, server: Server, environ: Mapping[str, str], say: Say) -> None:
    with place.locked("starting the server", wait=True):
        activation = Activation(place, environ=environ, say=say, timeout=_TIMEOUT)
        activation.settle()
        if server.is_running():
            say(f"the server runs at {server.started().address} already")
        else:
            activation.resume()


def _say(text: str) -> None:
    print(text, flush=True)
