"""Files that a project gets and loses: shown first, then done, so that git can undo all of it."""

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from ci.errors import CommandError, UsageError
from ci.process import git, run

_PROGRAM = b"#!"


@dataclass(frozen=True)
class Changes:
    """What is to be done to the folder ``root``: ``files`` by path are written, ``removed`` paths go.

    Files that say already what they should are no change.
    """

    root: Path
    files: Mapping[str, bytes]
    removed: frozenset[str] = field(default=frozenset())

    @property
    def new(self) -> list[str]:
        """Paths of files that are not there yet."""
        return sorted(path for path in self.files if not os.path.lexists(self.root / path))

    @property
    def replaced(self) -> list[str]:
        """Paths of files that hold something else now."""
        there = set(self.files).difference(self.new)
        return sorted(path for path in there if not _holds(self.root / path, self.files[path]))

    @property
    def gone(self) -> list[str]:
        """Paths of files that are there and go."""
        return sorted(path for path in self.removed if os.path.lexists(self.root / path))

    def lines(self) -> Iterator[str]:
        """The changes for people; folders of which everything goes are one line each."""
        yield from (f"  new       {path}" for path in self.new)
        yield from (f"  replaced  {path}" for path in self.replaced)
        yield from (f"  removed   {path}" for path in _folded(self.root, self.gone))

    def apply(self) -> None:
        """Write, then remove; each file changes in one step.

        Raises UsageError, before anything is changed, for a path that leads elsewhere or that something else blocks.
        """
        for path in (*self.files, *self.removed):
            _check_place(self.root, path)
        for path, content in self.files.items():
            _write(self.root / path, content)
        for path in self.gone:
            (self.root / path).unlink()
            _remove_empty(self.root, (self.root / path).parent)


def refuse_dirty(root: Path, *, force: bool) -> None:
    """Raise UsageError unless git has everything in the working tree at ``root``, or ``force`` says so."""
    if force:
        return
    try:
        changed = git("status", "--porcelain", "--untracked-files=normal", cwd=root).splitlines()
    except CommandError as error:
        raise UsageError(f"git has to be able to undo this, and can't read {root}: {error}") from None
    if changed:
        shown = "".join(f"\n  {line[3:]}" for line in changed[:10])
        more = f"\n  and {len(changed) - 10} more" if len(changed) > 10 else ""
        raise UsageError(
            f"the working tree has changes that are not committed:{shown}{more}\n"
            "commit them, so that git can undo what comes; or go on all the same with --force"
        )


def tracked(root: Path) -> list[str]:
    """Paths of the files that git has at ``root``."""
    return [path for path in git("ls-files", "-z", cwd=root).split("\0") if path]


def ignored(root: Path | None, *names: str) -> frozenset[str]:
    """Paths of files that git ignores at ``root``, of those ``names`` and below them; none where no repository is."""
    command = ["git", "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", *names]
    found = run(command, cwd=root, check=False).stdout if root else ""
    return frozenset(path for path in found.split("\0") if path)


def _holds(path: Path, content: bytes) -> bool:
    """Whether ``path`` is this file; a link to one is not."""
    return path.is_file() and not path.is_symlink() and path.read_bytes() == content


def _write(path: Path, content: bytes) -> None:
    if _holds(path, content):
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)  # a link of this name would lead the text elsewhere
    try:
        beside.write_bytes(content)
        if content.startswith(_PROGRAM):
            beside.chmod(0o755)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)  # of a full disk, git would take it


def _check_place(root: Path, path: str) -> None:
    """Only folders of the project lead to ``path``, where none is. Raises UsageError."""
    if os.path.isabs(path) or ".." in Path(path).parts:
        raise UsageError(f"{path} is outside of {root}; nothing was changed")
    for folder in Path(path).parents[:-1]:
        if (root / folder).is_symlink():
            raise UsageError(f"{path} would be outside of {root}, since {folder} is a link; nothing was changed")
        if (root / folder).is_file():
            raise UsageError(f"{folder} is a file, and a folder is needed there: move it away; nothing was changed")
    if (root / path).is_dir() and not (root / path).is_symlink():
        raise UsageError(f"{path} is a folder, and a file is needed there: move it away; nothing was changed")


def _remove_empty(root: Path, folder: Path) -> None:
    """Remove ``folder``, and those around it, where no file is left but bytecode."""
    while folder != root and _is_emptied(folder):
        shutil.rmtree(folder)
        folder = folder.parent


def _is_emptied(folder: Path, going: Collection[Path] = ()) -> bool:
    """Whether nothing is in a folder but bytecode, the files ``going``, and folders like it."""
    return all(
        entry.name == "__pycache__" or entry in going
        or (entry.is_dir() and not entry.is_symlink() and _is_emptied(entry, going))
        for entry in folder.iterdir()
    )


def _folded(root: Path, paths: list[str]) -> list[str]:
    """The same paths, a folder in place of its files where all its files go."""
    going = {root / path for path in paths}

    @cache
    def goes_whole(folder: Path) -> bool:
        return _is_emptied(root / folder, going)

    def shown(path: str) -> str:
        outermost = next(filter(goes_whole, reversed(Path(path).parents[:-1])), None)
        return f"{outermost.as_posix()}/" if outermost else path

    return list(dict.fromkeys(map(shown, paths)))
