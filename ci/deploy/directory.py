"""The folder of a server: which releases lie there, which is the current one, and who may change that.

releases/<release>-<hash of its archive>/   its files; .venv leads to its environment
environments/<hash of the lock>/            a Python environment; equal requirements share it
current -> releases/...                     what gunicorn is started through
fallback -> releases/...                    only during a switch: the release to go back to
shared/                                     gunicorn's files, deploy.lock, and .env: the server's settings
revisions.log                               a line for each deployment: time, release, who, result
"""

import fcntl
import getpass
import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ci.deploy import unpack
from ci.errors import CiError

#: Makes a Python environment (second) that holds what a lock file (first) lists; quick if it does.
MakeEnvironment = Callable[[Path, Path], None]

KEPT_RELEASES = 5

_UNFINISHED = ".unfinished"


class Busy(CiError):
    """Another process is changing the same server."""


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
    def current(self) -> Path:
        """The link to the current release."""
        return self.path / "current"

    @property
    def fallback(self) -> Path:
        """The link to the release that serves while its successor is not proven."""
        return self.path / "fallback"

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """The right to change the server, for one process at a time. Raises Busy, saying who has it.

        The lock is the kernel's (flock), so it ends with its process, however that ends.
        """
        for folder in (self.releases, self.environments):
            folder.mkdir(parents=True, exist_ok=True)
        self.shared.mkdir(mode=0o700, exist_ok=True)
        with (self.shared / "deploy.lock").open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "another process"
                raise Busy(
                    f"the server in {self.path} is being changed: {holder}. Try again when that has ended"
                ) from None
            file.truncate(0)
            file.write(f"{purpose} by {_user()}, process {os.getpid()}, since {_now()}")
            file.flush()
            try:
                yield
            finally:
                file.truncate(0)

    def current_release(self) -> Release | None:
        """The release that ``current`` leads to."""
        return self._release_at(self.current)

    def point_to(self, release: Release | None) -> None:
        """Make ``release`` the current one, in one step."""
        if release is None:
            self.current.unlink(missing_ok=True)
        else:
            _link(self.current, release.folder)

    def begin_switch(self, release: Release) -> None:
        """Make ``release`` the current one; remember the present one until the switch is ended or undone."""
        present = self.current_release()
        if present:
            _link(self.fallback, present.folder)
        self.point_to(release)

    def end_switch(self) -> None:
        """The current release has proven itself: there is no way back to be kept."""
        self.fallback.unlink(missing_ok=True)

    def undo_switch(self) -> None:
        """Make the release before the current one again."""
        if self.fallback.is_symlink():
            os.replace(self.fallback, self.current)

    def add(self, archive: Path, make_environment: MakeEnvironment) -> Release:
        """Unpack ``archive`` and make its environment, beside what runs. Raises CiError, leaving nothing."""
        name = unpack.release_name(archive)
        release = Release(name, self.releases / f"{name}-{_digest(archive.read_bytes(), 8)}")
        self._remove_unfinished()
        if not release.folder.is_dir():
            unfinished = release.folder.with_name(release.folder.name + _UNFINISHED)
            try:
                unpack.unpack(archive, unfinished)
                os.rename(unfinished, release.folder)
            finally:
                self._remove_unfinished()
        try:
            self._provide_environment(release, make_environment)
        except BaseException:
            self.remove(release)
            raise
        os.utime(release.folder)
        return release

    def remove(self, release: Release) -> None:
        """Delete the release unless it is needed."""
        if release not in (self.current_release(), self._release_at(self.fallback)):
            shutil.rmtree(release.folder, ignore_errors=True)

    def prune(self, previous: Release | None) -> None:
        """Keep the newest releases, the current and the ``previous`` one, and their environments."""
        newest_first = sorted(
            self.releases.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True
        )
        needed = [one.folder for one in (self.current_release(), previous) if one]
        kept = (needed + [folder for folder in newest_first if folder not in needed])[:KEPT_RELEASES]
        for folder in set(newest_first) - set(kept):
            shutil.rmtree(folder, ignore_errors=True)
        used = {(folder / ".venv").resolve() for folder in kept}
        for folder in self.environments.iterdir():
            if folder.resolve() not in used:
                shutil.rmtree(folder, ignore_errors=True)

    def record(self, release: Release | None, result: str) -> None:
        """Add a line to revisions.log."""
        fields = (_now(), release.folder.name if release else "-", _user(), " ".join(result.split()))
        with (self.path / "revisions.log").open("a", encoding="utf-8") as file:
            file.write("\t".join(fields) + "\n")

    def _provide_environment(self, release: Release, make_environment: MakeEnvironment) -> None:
        lock = release.folder / "requirements.txt"
        interpreter = f"{sys.version}\0{sys.base_prefix}\0".encode()
        environment = self.environments / _digest(interpreter + lock.read_bytes(), 16)
        make_environment(lock, environment)
        _link(release.folder / ".venv", environment)

    def _release_at(self, link: Path) -> Release | None:
        try:
            folder = self.releases / Path(os.readlink(link)).name
        except OSError:
            return None
        return Release(folder.name.rpartition("-")[0], folder) if folder.is_dir() else None

    def _remove_unfinished(self) -> None:
        for folder in self.releases.glob(f"*{_UNFINISHED}"):
            shutil.rmtree(folder)


def _link(link: Path, target: Path) -> None:
    """Make ``link`` lead to ``target``, in one step: nobody ever finds no link."""
    new = link.with_name(link.name + _UNFINISHED)
    new.unlink(missing_ok=True)
    new.symlink_to(os.path.relpath(target, link.parent))
    os.replace(new, link)


def _digest(content: bytes, length: int) -> str:
    return hashlib.sha256(content).hexdigest()[:length]


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return f"user {os.getuid()}"
