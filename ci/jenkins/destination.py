"""Where downloaded files may be written: names come from the server, and stay below one directory whatever they are."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ci.jenkins.errors import JenkinsError

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Destination:
    """A directory for files whose names are not to be trusted. Nothing is written through a symbolic link in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._written: dict[str, Path] = {}

    def place(self, name: str) -> Path:
        """Where the file ``name`` goes; nothing is made yet. Raises JenkinsError for a name that could lead out."""
        parts = name.split("/")
        if any(part in ("", ".", "..") for part in parts) or _CONTROL.search(name) or "\\" in name:
            raise JenkinsError(f"the server names an artifact {name!r}, which is no plain path: it is not downloaded")
        if ".git" in map(str.casefold, parts):  # git runs programs that files in there name
            raise JenkinsError(f"the server names an artifact {name!r}, which could be part of a git repository here")
        place = self.root.joinpath(*parts)
        for folder in place.relative_to(self.root).parents:
            if os.path.islink(self.root / folder) and folder != Path():
                raise JenkinsError(
                    f"{self.root / folder} is a symbolic link, and {name} would be written through it: remove it, or "
                    "choose another directory"
                )
        return place

    @contextmanager
    def writing(self, name: str) -> Iterator[BinaryIO]:
        """A file for the content of ``name``, which appears under its name when the block is left without an error."""
        try:
            with self._beside(name) as file:
                yield file
        except OSError as error:
            raise JenkinsError(f"{self.root / name} can't be written: {error.strerror or error}") from None

    @contextmanager
    def _beside(self, name: str) -> Iterator[BinaryIO]:
        place = self.place(name)
        self._refuse_other_case(name, place)
        place.parent.mkdir(parents=True, exist_ok=True)
        self.place(name)  # the directories are there now: none of them may be a link
        path = place.parent / f".{secrets.token_hex(8)}.part"
        try:
            with open(path, "x+b") as file:
                yield file
            path.replace(place)
        finally:
            path.unlink(missing_ok=True)
        self._written[name.casefold()] = place

    def _refuse_other_case(self, name: str, place: Path) -> None:
        """Two names that are one file here, such as README and readme on some systems, must not replace each other."""
        other = self._written.get(name.casefold())
        if other and place.exists() and place.samefile(other):
            raise JenkinsError(f"{place} and {other} are the same file on this system: download one of them only")
