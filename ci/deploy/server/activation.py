"""Make a release the one that serves: rehearse it, start it or exchange it for the old one, look again.

The old release is given up only when the new one has answered. Until then `ServerDirectory.fallback` says
that it was not, so that a deployment that is killed can be undone by the next one.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ci.deploy import contract, smoke
from ci.deploy.contract import Contract
from ci.deploy.server import command, connection, history, settings
from ci.deploy.server.directory import Release, ServerDirectory
from ci.deploy.server.gunicorn import Server, Started
from ci.deploy.smoke import Expected
from ci.deploy.targets import Say
from ci.errors import CiError, UsageError


class DeploymentFailed(CiError):
    """The new release does not serve; what served before still does."""


class Activation:
    """Brings a release of the server directory ``place`` into service.

    ``environ`` is the environment of the deployment, ``say`` gets a sentence for each step, and ``timeout``
    is the time in seconds that a release has to answer, in the rehearsal and again in service.
    """

    def __init__(
        self, place: ServerDirectory, *, environ: Mapping[str, str], say: Say, timeout: float
    ) -> None:
        self._place, self._environ, self._say, self._timeout = place, environ, say, timeout
        self._env_file = place.shared / ".env"
        self._server = Server(place.shared, "gunicorn")
        self._rehearsal = Server(place.shared, "rehearsal")

    def settle(self) -> None:
        """Finish or undo what a deployment left that was killed.

        While ``fallback`` is there, the new release was not proven: it goes, and the old one stays. Without
        it, it was proven: it stays, and the old one goes.
        """
        self._stop_rehearsal()
        self._server.wait_for_orphans()
        if self._place.fallback.is_symlink():
            self._say("undoing a deployment that was interrupted")
            self._place.record(self._place.current_release(), "failed: interrupted")
            self._server.drop_successor(late=3.0)
            self._place.undo_switch()
        elif self._server.successor() is not None:
            self._say("finishing a deployment that was interrupted")
            self._place.record(self._place.current_release(), history.DEPLOYED)
            self._server.promote_successor()
        self._server.shorten_log()

    def resume(self) -> str:
        """Start the current release as it was started last, where no server runs; return its address.

        For the time after a new start of the machine. Raises CiError.
        """
        release, last = self._place.current_release(), self._server.last_started()
        if release is None:
            raise UsageError(f"nothing has been deployed to {self._place.path}")
        wanted = settings.wanted_port(self._environ, self._env_file)
        port = wanted or (last.port if last else settings.DEFAULT_PORT)
        started = Started(port, command.arguments(release.folder))
        self._start(release, started)
        return started.address

    def activate(self, release: Release, terms: Contract) -> str:
        """Make ``release`` serve; return its address. Raises CiError; then everything is as before.

        It has to answer as ``terms`` say, which are its contract once it has done so in the rehearsal.
        """
        arguments = command.arguments(release.folder)
        if not (release.folder / ".venv/bin/gunicorn").is_file():
            raise CiError(f"{terms.requirements} lists no gunicorn, which serves the release: add it and build again")
        if self._server.is_running():
            started = self._server.started()
            self._check_unchanged(started, arguments)
            previous = self._place.current_release()
            self._rehearse(release, terms, started)
            self._exchange(release, started)
            self._look_again(release, previous, started)
        else:
            started = Started(self._choose_port(), arguments)
            self._rehearse(release, terms, started)
            self._start(release, started)
        return started.address

    def state(self) -> str:
        """Which release serves, as a sentence for the end of a deployment that failed."""
        current = self._place.current_release()
        if current and self._server.is_running():
            return f"Release {current.name} serves on."
        return "No server runs, as before."

    def _choose_port(self) -> int:
        wanted = settings.wanted_port(self._environ, self._env_file) or settings.DEFAULT_PORT
        port = settings.free_port(wanted)
        if port != wanted:
            self._say(f"port {wanted} is taken by another program, so the server gets port {port}")
        return port

    def _check_unchanged(self, started: Started, arguments: tuple[str, ...]) -> None:
        """An exchange keeps port, environment and arguments: say so, or raise CiError if it matters."""
        again = "run `ci stop` and deploy again"
        wanted = settings.wanted_port(self._environ, self._env_file)
        if wanted not in (None, started.port):
            self._say(f"the server keeps port {started.port}; to move it to {wanted}, {again}")
        if settings.changed_since(self._env_file, self._server.lock_file):
            self._say(f"{self._env_file} was changed after the server was started; for the change {again}")
        if arguments != started.arguments:
            new, old = " ".join(arguments), " ".join(started.arguments)
            raise CiError(f"the Procfile now gives gunicorn {new!r}, the server runs with {old!r}: {again}")

    def _rehearse(self, release: Release, terms: Contract, started: Started) -> None:
        """Run the release where nobody knows of it: one that does not start or answer never meets a client.

        More than `gunicorn --check-config`, which knows only whether the app can be loaded. And it is the
        proof where old and new release have the same name, so that their answers can't be told apart.
        """
        self._rehearsal.log_file.unlink(missing_ok=True)
        try:
            address = self._start_rehearsal(release, started)
            seconds = self._wait(Expected(address, release.name, terms), is_alive=self._rehearsal.is_running)
            contract.write(release.folder, terms)
        except CiError as error:
            raise self._failure(release, error, self._rehearsal.last_lines()) from None
        finally:
            self._stop_rehearsal()
        self._say(f"release {release.name} is ready: in a rehearsal it answered after {seconds:.1f} s")

    def _start_rehearsal(self, release: Release, started: Started) -> str:
        """Start it on a socket of ours, which no other program can take; return its address."""
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            self._launch(self._rehearsal, release.folder, started, listener=listener.fileno())
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def _stop_rehearsal(self) -> None:
        self._rehearsal.stop(grace=1.0)

    def _start(self, release: Release, started: Started) -> None:
        """Start the server, where none runs."""
        previous, log_start = self._place.current_release(), self._server.log_size()
        self._place.point_to(release)
        self._place.stopped.unlink(missing_ok=True)
        try:
            self._launch(self._server, self._place.current, started)
            self._wait(_expected(release, started), is_alive=self._server.is_running)
            smoke.confirm(_expected(release, started))
        except BaseException as error:
            self._server.stop(grace=3.0)
            self._place.point_to(previous)
            if isinstance(error, CiError):
                raise self._failure(release, error, self._server.last_lines(start=log_start)) from None
            raise
        self._say(f"started the server at {started.address} with release {release.name}")

    def _exchange(self, release: Release, started: Started) -> None:
        """Let the server start a second one beside it, with ``release``, then end the first."""
        log_start = self._server.log_size()
        self._place.begin_switch(release)
        try:
            self._server.start_successor(timeout=self._timeout)
            expected = replace(_expected(release, started), is_meant=self._is_of_successor)
            self._wait(expected, is_alive=lambda: self._server.successor() is not None)
        except BaseException as error:
            self._server.drop_successor(late=0.0 if isinstance(error, smoke.Unhealthy) else 3.0)
            self._place.undo_switch()
            if isinstance(error, CiError):
                raise self._failure(release, error, self._server.last_lines(start=log_start)) from None
            raise
        self._place.end_switch()
        self._server.promote_successor()

    def _look_again(self, release: Release, previous: Release | None, started: Started) -> None:
        """Ask the new server now that it is alone; if it fails, exchange it for the previous release, once."""
        try:
            smoke.confirm(_expected(release, started))
        except smoke.Unhealthy as error:
            log, problem = self._server.last_lines(), str(error)
            if previous and previous != release:
                self._say(f"release {release.name} fails in service, going back to {previous.name}")
                self._exchange(previous, started)
                problem += self._health_of(previous, started)
            raise self._failure(release, CiError(problem), log) from None
        self._say(f"release {release.name} took over" + (f" from {previous.name}" if previous else ""))

    def _health_of(self, release: Release, started: Started) -> str:
        """What to add to the failure of another release if this one, which was brought back, fails too."""
        try:
            smoke.confirm(_expected(release, started))
        except smoke.Unhealthy as error:
            return f". Release {release.name} was brought back and fails too: {error}"
        return ""

    def _wait(self, expected: Expected, *, is_alive: Callable[[], bool]) -> float:
        return smoke.wait_for(expected, timeout=self._timeout, is_alive=is_alive)

    def _is_of_successor(self, client: socket.socket) -> bool:
        successor = self._server.successor()
        return successor is not None and connection.is_held_by(successor, client)

    def _launch(self, server: Server, release: Path, started: Started, *, listener: int | None = None) -> None:
        env = settings.environment(self._environ, self._env_file, started.port)
        words = command.line(release, started.arguments, pid_file=server.pid_file, env=env, listener=listener)
        server.start(words, started, env=env, listener=listener)

    def _failure(self, release: Release, error: CiError, log: str) -> DeploymentFailed:
        shown = f"\nThe last lines of its log:\n{log}" if log else ""
        return DeploymentFailed(f"release {release.name} was not deployed: {error}. {self.state()}{shown}")


def _expected(release: Release, started: Started) -> Expected:
    """What the server has to answer when it serves ``release``, which was rehearsed."""
    return Expected(started.address, release.name, contract.read(release.folder))
