"""Files that a project gets and loses: shown first, then done, so that git can undo all of it."""

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
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
        return sorted(path for path, content in self.files.items() if _differs(self.root / path, content))

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
        """Write, then remove; each file changes in one step. Raises UsageError for a path that leads elsewhere."""
        for path in (*self.files, *self.removed):
            _check_inside(self.root, path)
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


def _differs(path: Path, content: bytes) -> bool:
    return os.path.lexists(path) and not (path.is_file() and path.read_bytes() == content)


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and not path.is_symlink() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    if content.startswith(_PROGRAM):
        beside.chmod(0o755)
    os.replace(beside, path)


def _check_inside(root: Path, path: str) -> None:
    """A link in the project must not lead a file elsewhere."""
    real = Path(os.path.realpath(root))
    folder = Path(os.path.realpath((root / path).parent))
    if not folder.is_relative_to(real):
        raise UsageError(f"{path} would be outside of {root}, since a link leads there; nothing was changed")
    if (root / path).is_dir() and not (root / path).is_symlink():
        raise UsageError(f"{path} is a folder, and a file is needed there: move it away; nothing was changed")


def _remove_empty(root: Path, folder: Path) -> None:
    """Remove ``folder``, and those around it, where nothing is left but bytecode."""
    while folder != root and {entry.name for entry in folder.iterdir()} <= {"__pycache__"}:
        shutil.rmtree(folder)
        folder = folder.parent


def _folded(root: Path, paths: list[str]) -> list[str]:
    """The same paths, a folder in place of its files where all its files go."""
    going, shown = set(paths), dict[str, None]()
    for path in paths:
        whole = path
        for folder in Path(path).parents[:-1]:
            if not _goes_whole(root, folder, going):
                break
            whole = f"{folder.as_posix()}/"
        shown[whole] = None
    return list(shown)


def _goes_whole(root: Path, folder: Path, going: set[str]) -> bool:
    files = (path for path in (root / folder).rglob("*") if not path.is_dir() and "__pycache__" not in path.parts)
    return all(path.relative_to(root).as_posix() in going for path in files)
