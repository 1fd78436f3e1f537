"""Save the folders of $PATHS below $STANDIN_CACHES/$KEY, or restore them, as actions/cache/save and restore would.

A key is written once. What can't be saved or found is no error, only said (saveImpl.ts of the action).
"""

import os
import shutil
import sys
from pathlib import Path


def save(kept: Path, folders: list[Path], key: str) -> None:
    """Keep the folders that there are, under a new key."""
    there = {number: folder for number, folder in enumerate(folders) if folder.exists()}
    if not there or (kept / key).exists():
        print(f"::warning::nothing is saved as {key}")
        return
    for number, folder in there.items():
        shutil.copytree(folder, kept / key / str(number))


def restore(kept: Path, folders: list[Path], key: str, beginnings: list[str]) -> None:
    """Bring back the exact key, else the newest that begins like one of the others, in their order."""
    newest_first = sorted(kept.iterdir(), key=lambda path: path.stat().st_ctime_ns, reverse=True)
    for wanted in [key, *beginnings]:
        for found in newest_first:
            if found.name == key or wanted != key and found.name.startswith(wanted):
                print(f"restored from {found.name}")
                for part in found.iterdir():
                    shutil.copytree(part, folders[int(part.name)], dirs_exist_ok=True)
                return


if __name__ == "__main__":
    place = Path(os.environ["STANDIN_CACHES"])
    wanted_folders = [Path(line).expanduser() for line in os.environ["PATHS"].splitlines()]
    if sys.argv[1] == "save":
        save(place, wanted_folders, os.environ["KEY"])
    else:
        restore(place, wanted_folders, os.environ["KEY"], os.environ["BEGINNINGS"].split())
