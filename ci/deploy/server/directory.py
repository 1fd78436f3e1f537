"""The folder of a server: which releases lie there, which is the current one, and who may change that.

releases/<release>-<hash of its archive>/   its files; .venv leads to its environment
environments/<hash of the lock>/            a Python environment; equal requirements share it
current -> releases/...                     what gunicorn is started through
fallback -> releases/...                    only during a switch: the release to go back to
shared/                                     gunicorn's files, deploy.lock, the app's state, and .env: the settings
revisions.log                               a line for each deployment: time, release, who, result
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ci.deploy import contract, unpack
from ci.deploy.contract import Contract
from ci.deploy.server import command, history, lock, requirements, state
from ci.deploy.server.links import UNFINISHED, point
from ci.errors import CiError, UsageError

#: Makes a Python environment (second) that holds what a lock file (first) lists; quick if it does.
MakeEnvironment = Callable[[Path, Path], None]

KEPT_RELEASES = 5

#: Bytes that must be free: less, and gunicorn might not be able to write its pid file in the middle of a switch.
LEAST_ROOM = 16_000_000


@dataclass(frozen=True)
class Release:
    """One release on the server.

    ``name`` is what /healthz answers. Two archives may have the same name, but never the same ``folder``.
    """

    name: str
    folder: Path


@dataclass(frozen=True)
class ServerDirectory:
    """The folder ``path`` (absolute) and what lies where in it."""

    path: Path

    @property
    def releases(self) -> Path:
        """Holds one folder for each release that is kept."""
        return self.path / "releases"

    @property
    def environments(self) -> Path:
        """Holds the Python environments."""
        return self.path / "environments"

    @property
    def shared(self) -> Path:
        """Holds what outlives a release."""
        return self.path / "shared"

    @property
    def revisions(self) -> Path:
        """The file that says what happened."""
        return self.path / "revisions.log"

    @property
    def stopped(self) -> Path:
        """A file that is there after `ci stop`, until the server is started again."""
        return self.shared / "stopped"

    @property
    def current(self) -> Path:
        """The link to the current release."""
        return self.path / "current"

    @property
    def fallback(self) -> Path:
        """The link to the release that serves while its successor is not proven."""
        return self.path / "fallback"

    @contextmanager
    def locked(self, purpose: str, *, wait: bool = False) -> Iterator[None]:
        """The right to change the server: see `lock.held`."""
        for folder in (self.releases, self.environments):
            folder.mkdir(parents=True, exist_ok=True)
        self.shared.mkdir(mode=0o700, exist_ok=True)
        with lock.held(self.shared / "deploy.lock", purpose, wait=wait):
            yield

    def require_room(self) -> None:
        """Raise CiError if the disk is nearly full."""
        free = shutil.disk_usage(self.path).free
        if free < LEAST_ROOM:
            raise CiError(
                f"the disk of {self.path} is full: {free // 1_000_000} MB are free, and a deployment wants "
                f"{LEAST_ROOM // 1_000_000}. Make room and deploy again"
            )

    def kept(self) -> list[Release]:
        """The releases that lie here, the one that was touched last first."""
        folders = [folder for folder in self.releases.glob("*") if folder.suffix != UNFINISHED and folder.is_dir()]
        newest_first = sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)
        return [_release(folder) for folder in newest_first]

    def find(self, name: str | None) -> Release:
        """The release called ``name``, or the one in the folder of that name; None: the one before the current.

        Raises UsageError if it is not there.
        """
        kept, current = self.kept(), self.current_release()
        if name is None:
            folders = [one.folder.name for one in kept]
            before = history.before(history.read(self.revisions), current.folder.name if current else None, folders)
            found = [one for one in kept if one.folder.name == before]
        else:
            found = [one for one in kept if name in (one.name, one.folder.name)]
        if not found:
            wanted = f"release {name}" if name else "release before the current one"
            there = f"there are: {', '.join(one.name for one in kept)}" if kept else "nothing has been deployed there"
            raise UsageError(f"there is no {wanted} in {self.path}; {there}")
        return found[0]

    def current_release(self) -> Release | None:
        """The release that ``current`` leads to."""
        return self._release_at(self.current)

    def point_to(self, release: Release | None) -> None:
        """Make ``release`` the current one, in one step."""
        if release is None:
            self.current.unlink(missing_ok=True)
        else:
            point(self.current, release.folder)

    def begin_switch(self, release: Release) -> None:
        """Make ``release`` the current one; remember the present one until the switch is ended or undone."""
        present = self.current_release()
        if present:
            point(self.fallback, present.folder)
        self.point_to(release)

    def end_switch(self) -> None:
        """The current release has proven itself: there is no way back to be kept."""
        self.fallback.unlink(missing_ok=True)

    def undo_switch(self) -> None:
        """Make the release before the current one again."""
        if self.fallback.is_symlink():
            os.replace(self.fallback, self.current)

    def add(self, archive: Path, make_environment: MakeEnvironment, terms: Contract = Contract()) -> Release:
        """Unpack ``archive``, which holds what ``terms`` ask for, and make its environment, beside what runs.

        Raises CiError, leaving nothing.
        """
        state.check(terms.state)
        name = unpack.release_name(archive)
        release = Release(name, self.releases / f"{name}-{_digest(archive.read_bytes(), 8)}")
        was_kept = release.folder.is_dir()
        self._unpack(archive, release, terms)
        try:
            self._complete(release, terms, self._environment_of(release, terms), make_environment)
        except BaseException:
            if not was_kept:
                self.remove(release)
            self._remove_unused_environments()
            raise
        return release

    def mend(self, release: Release, make_environment: MakeEnvironment) -> None:
        """Make the environment that a kept release ran in whole again, or a new one. Raises CiError."""
        terms = contract.read(release.folder)
        missing = [name for name in terms.needed_files if not (release.folder / name).is_file()]
        if missing:
            raise UsageError(
                f"release {release.name} is damaged: {release.folder} lacks {' and '.join(missing)}. Deploy its archive"
            )
        earlier = (release.folder / ".venv").resolve()
        environment = earlier if earlier.parent == self.environments.resolve() else self._environment_of(release, terms)
        self._complete(release, terms, environment, make_environment)

    def remove(self, release: Release) -> None:
        """Delete the release unless it is needed."""
        if not self._is_needed(release):
            shutil.rmtree(release.folder, ignore_errors=True)

    def prune(self, previous: Release | None, *, keep: int = KEPT_RELEASES) -> None:
        """Keep the ``keep`` newest releases, with the current and the ``previous`` one, and their environments."""
        needed = [one for one in (self.current_release(), previous) if one]
        kept = (needed + [one for one in self.kept() if one not in needed])[: max(keep, len(needed))]
        for release in self.kept():
            if release not in kept:
                shutil.rmtree(release.folder, ignore_errors=True)
        self._remove_unused_environments()

    def record(self, release: Release | None, result: str) -> None:
        """Add a line to revisions.log."""
        history.record(self.revisions, release.folder.name if release else "-", result)

    def _unpack(self, archive: Path, release: Release, terms: Contract) -> None:
        """Put the files of ``release`` in its folder: also of a kept one, unless it is needed, as it may be damaged."""
        self._remove_unfinished()
        unfinished = release.folder.with_name(release.folder.name + UNFINISHED)
        try:
            unpack.unpack(archive, unfinished, needed=terms.needed_files)
            state.require_none(archive, unfinished, terms.state)
            if release.folder.is_dir() and self._is_needed(release):
                return
            shutil.rmtree(release.folder, ignore_errors=True)
            os.rename(unfinished, release.folder)
        finally:
            self._remove_unfinished()

    def _environment_of(self, release: Release, terms: Contract) -> Path:
        """The folder of the environment for its requirements and the running Python."""
        interpreter = f"{sys.version}\0{sys.base_prefix}\0".encode()
        return self.environments / _digest(interpreter + requirements.content(release.folder / terms.requirements), 16)

    def _complete(
        self, release: Release, terms: Contract, environment: Path, make_environment: MakeEnvironment
    ) -> None:
        """Make or mend ``environment``, give it and the state to ``release``, and count the release as the newest."""
        for one in (release, self.current_release()):
            if one:
                state.require_shared(one.folder, self.shared, terms.state)
        requirements.check(release.folder / terms.requirements)
        make_environment(release.folder / terms.requirements, environment)
        point(release.folder / ".venv", environment)
        configuration = release.folder / command.CONFIGURATION
        if not configuration.exists():
            configuration.write_text(command.DEFAULT_CONFIGURATION, encoding="utf-8")
        state.link(release.folder, self.shared, terms.state)
        os.utime(release.folder)

    def _is_needed(self, release: Release) -> bool:
        return release in (self.current_release(), self._release_at(self.fallback))

    def _remove_unused_environments(self) -> None:
        used = {(release.folder / ".venv").resolve() for release in self.kept()}
        for folder in self.environments.iterdir():
            if folder.resolve() not in used:
                shutil.rmtree(folder, ignore_errors=True)

    def _release_at(self, link: Path) -> Release | None:
        try:
            folder = self.releases / Path(os.readlink(link)).name
        except OSError:
            return None
        return _release(folder) if folder.is_dir() else None

    def _remove_unfinished(self) -> None:
        for folder in self.releases.glob(f"*{UNFINISHED}"):
            shutil.rmtree(folder)


def _release(folder: Path) -> Release:
    return Release(folder.name.rpartition("-")[0], folder)


def _digest(content: bytes, length: int) -> str:
    return hashlib.sha256(content).hexdigest()[:length]
