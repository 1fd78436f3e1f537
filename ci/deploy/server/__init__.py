"""The target `server`: releases in a directory of a machine, exchanged without a lost request.

A deployment prepares the new release beside the running one, rehearses it on a port that nobody knows, and
only then lets gunicorn exchange itself (SIGUSR2): both answer for a moment, the new one proves itself, the
old one ends. Killed at any moment, it leaves a server that serves; the next deployment finishes or undoes
what was begun.

Everything here but `target`, `ssh` and `conversation` is standard library only: over ssh it runs on the host as it is.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from ci.deploy import contract
from ci.deploy.contract import Contract
from ci.deploy.server import history, requirements
from ci.deploy.server.activation import Activation
from ci.deploy.server.directory import KEPT_RELEASES, MakeEnvironment, Release, ServerDirectory
from ci.deploy.server.gunicorn import Server
from ci.deploy.server.service import write as write_unit
from ci.deploy.signals import leaving_on_signal
from ci.deploy.targets import Deployed as Deployed
from ci.deploy.targets import Say
from ci.errors import UsageError


def directory_of(root: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the server of the checkout ``root`` lives: CI_SERVER_DIRECTORY, else ``var/server`` in it.

    `ci run` sets the variable, because each of its jobs has a checkout of its own.
    """
    return Path(environ.get("CI_SERVER_DIRECTORY") or root / "var" / "server").absolute()


def folder_named(text: str, base: Path) -> Path:
    """The folder that an environment names: relative to ``base``, or to a home with ``~``. Raises UsageError."""
    try:
        return base / Path(text).expanduser()
    except RuntimeError:
        raise UsageError(f"{text}: there is no such home") from None


def deploy(
    archive: Path,
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    make_environment: MakeEnvironment | None = None,
    say: Say = print,
    timeout: float = 30.0,
    keep: int = KEPT_RELEASES,
    terms: Contract = Contract(),
) -> Deployed:
    """Make the server in ``directory`` serve the release in ``archive``; start the server if none runs.

    ``make_environment`` makes the release's Python environment (default: by ci.environment), and ``say`` gets
    a sentence for each step. The release has ``timeout`` seconds to answer, in the rehearsal and again in
    service. ``keep`` releases stay to go back to. ``terms`` are the app's contract.

    Raises CiError: DeploymentFailed with the end of the server's log, Busy, BadArchive, UsageError or
    EnvironmentProblem; KeyboardInterrupt on Ctrl-C, SystemExit on SIGTERM and SIGHUP. What served before then
    serves on.
    """
    place = ServerDirectory(directory.absolute())
    with leaving_on_signal(), place.locked(f"deploying {archive.name}"):
        activation = Activation(place, environ=environ, say=say, timeout=timeout)
        activation.settle()
        place.require_room()
        previous, kept = place.current_release(), place.kept()
        release = place.add(archive, make_environment or _environment_maker(say), terms)
        try:
            deployed = _activate(place, activation, release, terms, previous, done=history.DEPLOYED, say=say)
        except BaseException:
            if release not in kept:
                place.remove(release)
            raise
        place.prune(previous, keep=keep)
    return deployed


def rollback(
    name: str | None,
    directory: Path,
    *,
    environ: Mapping[str, str] = os.environ,
    make_environment: MakeEnvironment | None = None,
    say: Say = print,
    timeout: float = 30.0,
) -> Deployed:
    """Make the release ``name`` serve again, which is still kept; None: the one that served before the current.

    The same steps as a deployment, and the same errors; UsageError if there is no such release.
    """
    place = ServerDirectory(directory.absolute())
    with leaving_on_signal(), place.locked(f"going back to {name or 'the release before'}"):
        activation = Activation(place, environ=environ, say=say, timeout=timeout)
        activation.settle()
        release, previous = place.find(name), place.current_release()
        place.mend(release, make_environment or _environment_maker(say))
        terms = contract.read(release.folder)
        return _activate(place, activation, release, terms, previous, done=history.ROLLED_BACK, say=say)


def _activate(
    place: ServerDirectory,
    activation: Activation,
    release: Release,
    terms: Contract,
    previous: Release | None,
    *,
    done: str,
    say: Say,
) -> Deployed:
    try:
        address = activation.activate(release, terms)
    except BaseException as error:
        if isinstance(error, Exception):
            _record(place, release, f"failed: {str(error).partition('. ')[0]}", say)
        else:
            took_over = place.current_release() == release != previous
            _record(place, release, done if took_over else "failed: interrupted", say)
            say(f"interrupted. {activation.state()}")
        raise
    _record(place, release, done, say)
    write_unit(place.path, say=say)
    return Deployed(release.name, address, previous.name if previous else None)


def _record(place: ServerDirectory, release: Release | None, result: str, say: Say) -> None:
    """What has happened has happened, also where the disk is too full to write it down."""
    try:
        place.record(release, result)
    except OSError as error:
        say(f"{place.revisions} can't be written: {error.strerror}")


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
    with suppress(OSError):  # a full disk is no reason to serve on
        place.stopped.touch()
    server.stop(grace=grace)
    _record(place, release, history.STOPPED, say)
    name = release.name if release else "unknown"
    say(f"stopped release {name} at {address} (process {master})")
    return name


def _environment_maker(say: Say) -> MakeEnvironment:
    def make(lock: Path, folder: Path) -> None:
        from ci import environment, stamp

        if not requirements.has_hashes(lock) and not stamp.is_current(str(folder), str(lock)):
            say(f"{lock.name} has no hashes: what the package index delivers is installed unchecked")
        environment.make(str(folder), sys.executable, str(lock), say=say)

    return make
