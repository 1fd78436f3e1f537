# Generated from ci/pipeline.toml; do not edit, run: ci generate
"""Make an archive of the files that patterns name: ``pack.py ARCHIVE PATTERN...``.

``*`` and ``?`` stay within a folder, ``**`` crosses folders, a folder stands for all in it, hidden files are left out;
a pattern without a file is an error. A program of its own, with nothing but the standard library: adapters of engines
whose artifacts know less put its text into what they generate.
"""

import os
import re
import sys
import tarfile

_WILD = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def expression(pattern: str) -> str:
    """A regular expression for the paths that a pattern names."""
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return "".join(_WILD.get(part, re.escape(part)) for part in parts) + "(?:/.*)?"


def visible_files() -> list[str]:
    """All files below the working directory, but hidden ones."""
    found = []
    for folder, folders, names in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.relpath(os.path.join(folder, name)) for name in names if not name.startswith(".")]
    return sorted(found)


def pack(archive: str, patterns: list[str]) -> None:
    """Write the archive, or end with a message."""
    files = visible_files()
    with tarfile.open(archive, "w:gz") as made:
        for pattern in patterns:
            found = [file for file in files if re.fullmatch(expression(pattern), file, re.DOTALL)]
            if not found:
                sys.exit(f"no file is called {pattern} (hidden files are left out)")
            for file in found:
                made.add(file)


if __name__ == "__main__":
    pack(sys.argv[1], sys.argv[2:])
