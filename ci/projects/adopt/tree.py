"""The tracked files of a project, and reading them. Links and submodules are not followed."""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from ci.adapters import OWNERSHIP
from ci.process import git

#: Bytes; no file that says how a project is checked is larger, generated ones are.
_LARGEST = 1_000_000
_LINK, _SUBMODULE = "120000", "160000"

#: What an adoption wrote before is not the project's: these, and the engines' files that say so themselves.
_OURS = ("ci/__main__.py", "ci/pipeline.toml", "ci/requirements.txt")
_GENERATED = ("Jenkinsfile", ".github/workflows/ci.yml")


class Tree(Struct, frozen=True):
    """A project at ``folder`` of the repository whose working tree is ``top``; ``folder`` is "" for ``top`` itself.

    ``files`` are its tracked files, sorted, relative to the folder.
    """

    top: Path
    folder: str
    files: tuple[str, ...]
    submodules: tuple[str, ...] = ()

    @property
    def root(self) -> Path:
        """The folder of the project."""
        return self.top / self.folder

    def has(self, *names: str) -> bool:
        """Whether one of ``names`` is a tracked file."""
        return any(name in self.files for name in names)

    def matching(self, *patterns: str) -> tuple[str, ...]:
        """The files whose path fits a pattern; ``*`` also stands for folders (fnmatch)."""
        return tuple(file for file in self.files if any(fnmatchcase(file, pattern) for pattern in patterns))

    def text(self, name: str) -> str:
        """What a file says, with plain line ends; "" where it is missing or too large. Other bytes become U+FFFD."""
        path = self.root / name
        if name not in self.files or not path.is_file() or path.stat().st_size > _LARGEST:
            return ""
        return path.read_bytes().decode("utf-8-sig", errors="replace").replace("\r\n", "\n")

    def texts(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Name and text of several files."""
        return ((name, self.text(name)) for name in names)

    @property
    def python_paths(self) -> tuple[str, ...]:
        """Folders and modules at the top that hold Python: what linters are given, and nothing that a run leaves."""
        python = (file for file in self.files if file.endswith((".py", ".pyi")))
        return tuple(sorted({file.partition("/")[0] for file in python}))


def read_tree(top: Path, folder: str) -> Tree:
    """The tracked files of ``folder`` in the repository at ``top``. Raises CommandError where git can't list them."""
    listed = git("ls-files", "--stage", "-z", cwd=top / folder).split("\0")
    entries = [(entry[:6], entry.partition("\t")[2]) for entry in listed if entry]
    files = sorted({name for mode, name in entries if mode not in (_LINK, _SUBMODULE) and name not in _OURS})
    tree = Tree(top, folder, tuple(files), tuple(name for mode, name in entries if mode == _SUBMODULE))
    ours = [name for name in _GENERATED if OWNERSHIP in tree.text(name)]
    return Tree(top, folder, tuple(name for name in files if name not in ours), tree.submodules)
