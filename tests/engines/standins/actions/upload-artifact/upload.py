"""Copy the files that $PATTERNS names to $STANDIN_ARTIFACTS/$NAME, as actions/upload-artifact v7 would.

What is cut off their paths: for one file its folder, else the deepest folder of all searches. A search begins at the
part of its pattern before the first wildcard (the action's `findFilesToUpload` in src/shared/search.ts).
"""

import glob
import os
import shutil
import sys
from itertools import takewhile
from pathlib import Path


def main() -> int:
    """Exit code 1: nothing to keep, or the name is taken."""
    patterns = os.environ["PATTERNS"].split()
    hidden = os.environ["HIDDEN"] == "true"
    files = sorted({file for pattern in patterns for file in found(pattern) if hidden or not is_hidden(file)})
    if not files:
        print(f"::error::no files were found with the provided path: {' '.join(patterns)}")
        return 1
    target = Path(os.environ["STANDIN_ARTIFACTS"], os.environ["NAME"])
    try:
        target.mkdir(parents=True)
    except FileExistsError:
        print(f"::error::an artifact of the name {target.name} already exists on this run")
        return 1
    starts = [start(pattern) for pattern in patterns]
    root = os.path.dirname(files[0]) if files == starts else os.path.commonpath(starts)
    for file in files:
        copy = target / os.path.relpath(file, root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, copy)
    return 0


def found(pattern: str) -> list[str]:
    """The files of a pattern; a folder that it names counts with all that it holds."""
    hits = [Path(hit) for hit in glob.glob(pattern, recursive=True, include_hidden=True)]
    inside = [file for hit in hits if hit.is_dir() for file in hit.rglob("*")]
    return [os.path.normpath(path) for path in [*hits, *inside] if path.is_file()]


def is_hidden(file: str) -> bool:
    return any(part.startswith(".") for part in Path(file).parts)


def start(pattern: str) -> str:
    """Where the search of a pattern begins."""
    return os.path.normpath(os.path.join(*takewhile(lambda part: not glob.has_magic(part), pattern.split("/")), ""))


if __name__ == "__main__":
    sys.exit(main())
