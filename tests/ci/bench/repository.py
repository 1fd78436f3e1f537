"""A scratch repository."""

import subprocess
import sys
from pathlib import Path

#: Starts the tool of this checkout in a folder that may hold a package of its name.
PROGRAM = f"""
import sys
sys.path[0] = {str(Path(__file__).parents[3])!r}
from ci.cli import main
sys.exit(main())
"""


class Repository:
    """A git repository at ``root``, without settings of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str) -> str:
        """Run git and return what it prints."""
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files by path."""
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text)

    def commit(self, files: dict[str, str] | None = None) -> str:
        """Commit everything, ``files`` included; the commit's id."""
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.head

    @property
    def head(self) -> str:
        """The id of HEAD's commit."""
        return self.git("rev-parse", "HEAD")

    def clone(self, folder: Path, *options: str) -> "Repository":
        """A clone of it, through git's own protocol, so that it can be shallow."""
        subprocess.run(["git", "clone", "--quiet", *options, self.root.as_uri(), str(folder)], check=True)
        return Repository(folder)

    def bench(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `ci bench`."""
        command = [sys.executable, "-c", PROGRAM, "bench", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=180)
