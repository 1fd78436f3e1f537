"""What a server's directory knows of its releases."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from ci.deploy.server import history
from ci.deploy.server.directory import ServerDirectory
from ci.deploy.server.gunicorn import Server
from ci.deploy.server.history import Entry
from ci.deploy.targets import Release

#: Results that say how it went with the release itself.
_OUTCOMES = (history.DEPLOYED, history.ROLLED_BACK)


def releases(directory: Path) -> tuple[Release, ...]:
    """Every release that is or was in ``directory``, with what happened to it last, newest first.

    ``status`` is ``deployed``, ``rolled back`` (brought back), ``failed``, or ``removed`` for one that is not kept any
    more. A release is called by its folder where two archives had the same name.
    """
    place = ServerDirectory(directory.absolute())
    latest: dict[str, Entry] = {}
    for entry in history.read(place.revisions):
        if entry.result != history.STOPPED:
            latest.pop(entry.folder, None)  # the order is that of the last time
            latest[entry.folder] = entry
    kept = {one.folder.name: one for one in place.kept()}
    for folder, release in reversed(kept.items()):
        if folder not in latest:  # deployed by a process that was killed before it could write it down
            touched = datetime.fromtimestamp(int(release.folder.stat().st_mtime), UTC)
            latest[folder] = Entry(touched, folder, "", history.DEPLOYED)
    current, running = place.current_release(), Server(place.shared, "gunicorn").is_running()
    names = Counter(_name(folder) for folder in latest)
    return tuple(
        _listed(
            entry,
            name=_name(entry.folder) if names[_name(entry.folder)] == 1 else entry.folder,
            is_kept=entry.folder in kept,
            is_current=current is not None and current.folder.name == entry.folder,
            is_running=running,
        )
        for entry in reversed(sorted(latest.values(), key=lambda entry: entry.when))
    )


def _listed(entry: Entry, *, name: str, is_kept: bool, is_current: bool, is_running: bool) -> Release:
    status, _, reason = entry.result.partition(": ")
    if status in _OUTCOMES and not is_kept:
        status = "removed"
    description = "not running" if is_current and not is_running else reason
    return Release(name, entry.when, entry.who or None, status, is_current, description)


def _name(folder: str) -> str:
    return folder.rpartition("-")[0]
