"""revisions.log of a server: a line for each thing that happened to a release: time, folder, who, result."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ci.deploy.server.lock import now, user

DEPLOYED = "deployed"
ROLLED_BACK = "rolled back"
STOPPED = "stopped"

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_MOST_ENTRIES = 1000


@dataclass(frozen=True)
class Entry:
    """One line: what happened to the release in ``folder`` (its name below releases/)."""

    when: datetime
    folder: str
    who: str
    result: str


def record(path: Path, folder: str, result: str) -> None:
    """Add a line to the file ``path``."""
    fields = (now(), folder, user(), " ".join(result.split()))
    with path.open("a", encoding="utf-8") as file:
        file.write("\t".join(fields) + "\n")


def read(path: Path) -> list[Entry]:
    """The last entries, oldest first; lines that are none (a disk was full) are left out."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-_MOST_ENTRIES:]
    return [entry for entry in map(_entry, lines) if entry]


def _entry(line: str) -> Entry | None:
    try:
        time, folder, who, result = line.split("\t")
        return Entry(datetime.strptime(time, _TIME).replace(tzinfo=UTC), folder, who, result)
    except ValueError:
        return None


def before(entries: Sequence[Entry], current: str | None, kept: Collection[str]) -> str | None:
    """The folder that served before ``current``, among those that are ``kept``.

    Who went back from C to B and goes back once more means A, not C: a way back takes what came later off the pile.
    """
    pile: list[str] = []
    for entry in entries:
        if entry.result == ROLLED_BACK and entry.folder in pile:
            pile = pile[: 1 + pile.index(entry.folder)]
        elif entry.result in (DEPLOYED, ROLLED_BACK):
            pile = [folder for folder in pile if folder != entry.folder] + [entry.folder]
    return next((folder for folder in reversed(pile) if folder != current and folder in kept), None)
