"""`python3 -m ci`: starts this project's tool, pipeline-everywhere, where nothing is installed yet.

Written by the tool, and replaced by `ci update`. The lock says which version it is; its wheel lies beside this file, or
is fetched, checked against the hash in the lock. Where the lock is installed, Python finds the tool there, not this.
"""

# The project's own rules are not for this file.
# flake8: noqa
# ruff: noqa: PGH004
# pylint: skip-file
# mypy: ignore-errors
# isort: skip_file
# fmt: off

import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
ENTRY = re.compile(r"^pipeline-everywhere==(\S+)(?:.*\\\n)*.*", re.MULTILINE)


def pinned() -> "tuple[str, str]":
    """The tool's entry in the lock, and the version that it names."""
    for lock in (os.path.join(HERE, "requirements.txt"), os.path.join(ROOT, "requirements-dev.txt")):
        if os.path.exists(lock):
            with open(lock, encoding="utf-8") as file:
                found = ENTRY.search(file.read())
            if found:
                return found[0], found[1]
    sys.exit("ci: no lock of this project names pipeline-everywhere; bring it back with: git checkout -- .")


def wheel() -> str:
    """The path of the tool's wheel."""
    entry, version = pinned()
    name = "pipeline_everywhere-%s-py3-none-any.whl" % version
    kept, fetched = os.path.join(HERE, name), os.path.join(ROOT, "var", "tool", name)
    if not os.path.exists(kept) and not os.path.exists(fetched):
        fetch(entry, os.path.dirname(fetched))
    return kept if os.path.exists(kept) else fetched


def fetch(entry: str, folder: str) -> None:
    """Download what the lock pins; pip is this Python's, or that of an environment made for it."""
    with tempfile.TemporaryDirectory() as scratch:
        python, lock = sys.executable, os.path.join(scratch, "tool.txt")
        with open(lock, "w", encoding="utf-8") as file:
            file.write(entry + "\n")
        if subprocess.call([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            subprocess.check_call([python, "-m", "venv", os.path.join(scratch, "pip")])
            python = os.path.join(scratch, "pip", "bin", "python3")
        options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", scratch, "-r", lock]
        if subprocess.call([python, "-m", "pip", "download"] + options):
            sys.exit("ci: the tool can't be fetched; look at what pip says above, then run the same command again")
        os.makedirs(folder, exist_ok=True)
        for path in glob.glob(os.path.join(scratch, "*.whl")):
            os.replace(path, os.path.join(folder, os.path.basename(path)))


def main() -> int:
    """Hand over to the tool; its exit code."""
    sys.path.insert(0, wheel())
    for name in ("ci", "ci.__main__"):  # the folder around this file, which holds no package
        sys.modules.pop(name, None)
    from ci.__main__ import main as start

    return start()


if __name__ == "__main__":
    sys.exit(main())
