"""A wheel of the tool that somebody hands in or the index has: looked at before anything of it is taken."""

import hashlib
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

from ci.distribution import wheel
from ci.distribution.contents import CHANGELOG_FILE, FILE_NAME, NAME
from ci.errors import UsageError

_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,3}((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?")
_LARGEST = 50_000_000  # bytes, unpacked

#: What reading a damaged archive raises, by the ways to compress.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError)


@dataclass(frozen=True)
class WheelFile:
    """Its file ``name``, its ``content``, and of what it holds: the version, and the texts that a project gets."""

    name: str
    content: bytes
    version: str
    bootstrap: bytes
    lock: str
    changelog: str

    @property
    def sha256(self) -> str:
        """Its hash, as locks name it."""
        return hashlib.sha256(self.content).hexdigest()


def checked_version(text: str) -> str:
    """``text`` if it is a version. Raises UsageError."""
    if not _VERSION.fullmatch(text):
        raise UsageError(f"{text!r} is neither a version, as 1.2.0, nor a file: write the path of a wheel")
    return text


def read(path: Path) -> WheelFile:
    """The wheel at ``path``. Raises UsageError for a file that is none of this tool."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > _LARGEST or archive.testzip():
                raise UsageError(f"{path} is damaged, or no wheel of {NAME}")
            return _read(path, archive)
    except (OSError, KeyError, UnicodeDecodeError, NotImplementedError, RuntimeError, *_DAMAGED) as error:
        raise UsageError(f"{path} is no wheel of {NAME}: {error}") from None


def _read(path: Path, archive: zipfile.ZipFile) -> WheelFile:
    names = archive.namelist()
    information = next((name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)), "")
    metadata = Parser().parsestr(archive.read(information).decode())
    version = checked_version(str(metadata["Version"]))
    if metadata["Name"] != NAME or information != f"{FILE_NAME}-{version}.dist-info/METADATA":
        raise UsageError(f"{path} holds {metadata['Name']} {version}, not {NAME}")
    folders = ("ci", information.partition("/")[0])
    if foreign := [name for name in names if ".." in name.split("/") or name.partition("/")[0] not in folders]:
        raise UsageError(f"{path} is no wheel of {NAME}, which has no file {foreign[0]!r}")
    return WheelFile(
        name=wheel.name_of(version),
        content=path.read_bytes(),
        version=version,
        bootstrap=archive.read("ci/projects/texts/bootstrap.py"),
        lock=archive.read("ci/projects/texts/tool-lock.txt").decode(),
        changelog=archive.read(CHANGELOG_FILE).decode(),
    )
