"""Take the archive of a release apart, trusting nothing in it."""

import json
import re
import shutil
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ci.errors import CiError

#: Says which release an archive holds.
RELEASE_FILE = "release.json"

#: A release name goes into folder names, logs and addresses.
RELEASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")


class BadArchive(CiError):
    """The file is not an archive that `ci build` could have made."""


def release_name(archive: Path) -> str:
    """The name of the release in ``archive``. Raises BadArchive."""
    try:
        with tarfile.open(archive, "r:gz") as opened:
            member = opened.extractfile(RELEASE_FILE)
            fields = json.loads(member.read(65536)) if member else None
    except (OSError, EOFError, zlib.error, tarfile.TarError, KeyError, ValueError) as error:
        raise BadArchive(
            f"{archive} is not the archive of a release: {error}. Make one with: ci build PATH..."
        ) from None
    name = fields.get("release") if isinstance(fields, dict) else None
    if not isinstance(name, str) or not RELEASE_NAME.fullmatch(name):
        raise BadArchive(
            f"{archive}: {RELEASE_FILE} names no release. Make the archive with: ci build PATH..."
        )
    return name


def unpack(archive: Path, folder: Path, *, needed: Sequence[str]) -> None:
    """Put the files of ``archive``, among them the ``needed`` ones, into the new ``folder``.

    Only plain files and folders are taken, as `ci build` writes them: links, even those that seem to stay
    inside, are what the known ways around tarfile's own checks are made of (as CVE-2025-4517). Python has
    these checks from 3.11.4 on, and Debian 12 has 3.11.2.

    Raises BadArchive; ``folder`` may then hold some of the files.
    """
    folder.mkdir()
    try:
        with tarfile.open(archive, "r:gz") as opened:
            for member in opened:
                _extract(archive, opened, member, folder)
    except (OSError, EOFError, zlib.error, tarfile.TarError) as error:
        if isinstance(error, OSError) and error.errno:  # of the system, not of gzip
            raise CiError(f"{archive.name} can't be unpacked into {folder.parent}: {error.strerror}") from None
        raise BadArchive(f"{archive} can't be unpacked: {error}") from None
    missing = [name for name in needed if not (folder / name).is_file()]
    if missing:
        raise BadArchive(f"{archive} holds no {' and no '.join(missing)}; name them in: ci build PATH...")


def _extract(archive: Path, opened: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise BadArchive(f"{archive}: {member.name!r} leads out of the release; nothing was deployed")
    content = opened.extractfile(member) if member.isreg() else None
    path = folder / name
    if content is not None and path.exists():
        raise BadArchive(f"{archive}: {member.name!r} comes twice; nothing was deployed")
    if content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            shutil.copyfileobj(content, file)
        path.chmod(0o755 if member.mode & 0o100 else 0o644)
    elif member.isdir():
        path.mkdir(parents=True, exist_ok=True)
    else:
        raise BadArchive(f"{archive}: {member.name!r} is neither a file nor a folder; nothing was deployed")
