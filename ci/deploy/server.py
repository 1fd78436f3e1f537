"""The embedded target: releases on this machine, exchanged without a lost request.

A deployment prepares the new release beside the running one, rehearses it on a port that nobody knows, and
only then lets gunicorn exchange itself (SIGUSR2): both answer for a moment, the new one proves itself, the
old one ends. Killed at any moment, it leaves a server that serves; the next deployment finishes or undoes
what was begun.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ci.deploy.activation import Activation, Say
from ci.deploy.directory import MakeEnvironment, ServerDirectory
from ci.deploy.gunicorn import Server
from ci.deploy.targets import Deployed as Deployed


def directory_of(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the server of the checkout ``root`` lives: CI_SERVER_DIRECTORY, else ``var/server`` in it.

    `ci run` sets the variable, because each of its jobs has a checkout of its own.
    """
    return Path(environ.get("CI_SERVER_DIRECTORY") or root / "var" / "server").absolute()


def deploy(
    archive: Path,
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    make_environment: MakeEnvironment | None = None,
    say: Say = print,
    timeout: float = 30.0,
) -> Deployed:
    """Make the server in ``directory`` serve the release in ``archive``; start the server if none runs.

    ``make_environment`` makes the release's Python environment (default: by ci.environment), and ``say`` gets
    a sentence for each step. The release has ``timeout`` seconds to answer, in the rehearsal and again in
    service.

    Raises CiError: DeploymentFailed with the end of the server's log, Busy, BadArchive, UsageError or
    EnvironmentProblem; KeyboardInterrupt on Ctrl-C and SIGTERM. What served before then serves on.
    """
    place = ServerDirectory(directory.absolute())
    with _terminated_as_interrupted(), place.locked(f"deploying {archive.name}"):
        activation = Activation(place, environ=environ, say=say, timeout=timeout)
        activation.settle()
        previous = place.current_release()
        release = place.add(archive, make_environment or _environment_maker(say))
        try:
            address = activation.activate(release)
        except BaseException as error:
            place.record(release, f"failed: {str(error).partition('. ')[0] or type(error).__name__}")
            place.remove(release)
            raise
        place.record(release, "deployed")
        place.prune(previous)
    return Deployed(release.name, address, previous.name if previous else None)


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Take SIGTERM, with which engines and `ci run` end a job, as Ctrl-C: what was begun is undone at once."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change what a signal does
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stop(directory: Path, *, say: Say = print, grace: float = 30.0) -> str | None:
    """Stop the server in ``directory``; return the name of the release that it served.

    Requests that are being answered have ``grace`` seconds. If no server runs, that is said, and None
    returned. Raises Busy during a deployment.
    """
    place = ServerDirectory(directory.absolute())
    server = Server(place.shared, "gunicorn")
    if place.shared.is_dir():
        with place.locked("stopping"):
            Server(place.shared, "rehearsal").stop(grace=1.0)
            place.undo_switch()
            if server.is_running():
                return _stop(place, server, say, grace)
    say(f"no server runs in {place.path}")
    return None


def _stop(place: ServerDirectory, server: Server, say: Say, grace: float) -> str:
    master, address, release = server.master(), server.started().address, place.current_release()
    server.stop(grace=grace)
    place.record(release, "stopped")
    name = release.name if release else "unknown"
    say(f"stopped release {name} at {address} (process {master})")
    return name


def _environment_maker(say: Say) -> MakeEnvironment:
    def make(lock: Path, folder: Path) -> None:
        from ci import environment

        environment.make(str(folder), sys.executable, str(lock), say=say)

    return make
