"""The folders of a release that hold the app's state: links into `shared/`, so that what is in them outlives it."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from ci.deploy.contract import FILE as CONTRACT_FILE
from ci.deploy.server.links import point
from ci.deploy.unpack import RELEASE_FILE, BadArchive
from ci.errors import UsageError

#: What git tracks where it shall track a folder: no code.
_PLACEHOLDERS = (".gitkeep", ".gitignore")

#: Names that a release has, or the folder `shared/`; those of gunicorn begin with its server's name.
_TAKEN = (".venv", RELEASE_FILE, CONTRACT_FILE, "Procfile", ".env", "deploy.lock", "stopped")
_TAKEN_BEGINNINGS = ("gunicorn.", "rehearsal.")


def check(folders: Sequence[str]) -> None:
    """Raise UsageError unless ``folders`` are different folders inside a release that may hold state."""
    for folder in folders:
        path = PurePosixPath(folder)
        if path.is_absolute() or ".." in path.parts or not path.parts or str(path) != folder:
            raise UsageError(f'state: {folder!r} is no folder inside the release, as "instance" or "data/uploads"')
        if path.parts[0] in _TAKEN or path.parts[0].startswith(_TAKEN_BEGINNINGS):
            raise UsageError(f"state: the server itself has a file called {path.parts[0]!r}: name another folder")
    for number, folder in enumerate(folders):
        others = [other for place, other in enumerate(folders) if place != number]
        for other in others:
            if PurePosixPath(folder).is_relative_to(other):
                raise UsageError(f"state: {folder!r} lies in {other!r}: name the outer folder alone, once")


def files(release: Path, folders: Sequence[str]) -> Iterator[str]:
    """The files that the folder ``release`` has of its own in or at ``folders``, as paths relative to it."""
    for folder in folders:
        parents = [parent for parent in (release / folder).parents if parent.is_relative_to(release)]
        for path in (*parents, release / folder, *_below(release / folder)):
            if path.is_file() and path.name not in _PLACEHOLDERS:
                yield path.relative_to(release).as_posix()


def _below(folder: Path) -> list[Path]:
    """What lies in ``folder``, unless it is a link already."""
    return [] if folder.is_symlink() else sorted(folder.rglob("*"))


def require_none(archive: Path, unpacked: Path, folders: Sequence[str]) -> None:
    """Raise BadArchive if a release brings files in ``folders``: they would hide what is shared, or be hidden by it."""
    for file in files(unpacked, folders):
        raise BadArchive(
            f"{archive} holds {file}, and releases share {', '.join(folders)} for the state of the app: keep that file "
            "elsewhere, or name other folders with `state` in ci/pipeline.toml"
        )


def require_shared(release: Path, shared: Path, folders: Sequence[str]) -> None:
    """Raise UsageError if a release that has run keeps state in itself, which would be lost with it."""
    for file in files(release, folders):
        raise UsageError(
            f"{release / file} would be lost with its release: state lies in {shared} now. Run `ci stop`, move the "
            f"folders {', '.join(folders)} of that release there, and deploy again"
        )


def link(release: Path, shared: Path, folders: Sequence[str]) -> None:
    """Make ``folders`` of the release, in which it has no files, links to folders of the same names in ``shared``."""
    for folder in folders:
        place, target = release / folder, shared / folder
        target.mkdir(parents=True, exist_ok=True)
        for empty in (path for path in _below(place) if path.is_dir()):
            (target / empty.relative_to(place)).mkdir(exist_ok=True)
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        place.parent.mkdir(parents=True, exist_ok=True)
        point(place, target)
