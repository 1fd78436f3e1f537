"""`python3 -m ci`: starts this project's tool, pipeline-everywhere, where nothing is installed yet.

Written by the tool, and replaced by `ci update`. The lock says which version it is, with the hash of its wheel, which
lies beside this file or is fetched. Where the lock is installed, Python finds the tool there, not this.
"""

# The project's own rules are not for this file.
# flake8: noqa
# ruff: noqa: PGH004
# pylint: skip-file
# mypy: ignore-errors
# isort: skip_file
# fmt: off

import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
LOCKS = ("ci/requirements.txt", "requirements-dev.txt")
ENTRY = re.compile(r"^pipeline-everywhere==([^\s;]+)(?:.*\\\n)*.*", re.MULTILINE)


def pinned() -> "tuple[str, str]":
    """The tool's entry in the lock, and the version that it names."""
    for lock in LOCKS:
        path = os.path.join(ROOT, lock)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                found = ENTRY.search(file.read())
            if found:
                return found[0], found[1]
    sys.exit("ci: neither %s nor %s names pipeline-everywhere: take that line from an older commit" % LOCKS)


def wheel() -> str:
    """The path of the tool's wheel, which is the one that the lock means."""
    entry, version = pinned()
    name = "pipeline_everywhere-%s-py3-none-any.whl" % version
    kept, fetched = os.path.join(HERE, name), os.path.join(ROOT, "var", "tool", name)
    if os.path.exists(kept):
        if not is_meant(kept, entry):
            sys.exit("ci: ci/%s is damaged, or not the one that the lock means: git checkout -- ci/%s" % (name, name))
        return kept
    if not (os.path.exists(fetched) and is_meant(fetched, entry)):
        fetch(entry, os.path.dirname(fetched))
    return fetched


def is_meant(path: str, entry: str) -> bool:
    """Whether the file at ``path`` has a hash of the entry; any has where that names none."""
    with open(path, "rb") as file:
        return "--hash=" not in entry or hashlib.sha256(file.read()).hexdigest() in entry


def fetch(entry: str, folder: str) -> None:
    """Download what the lock pins; pip is this Python's, or that of an environment made for it."""
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        python, lock = sys.executable, os.path.join(scratch, "tool.txt")
        with open(lock, "w", encoding="utf-8") as file:
            file.write(entry + "\n")
        if subprocess.call([python, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
            if subprocess.call([python, "-m", "venv", os.path.join(scratch, "pip")]):
                sys.exit("ci: %s has to have pip or venv; Debian, Ubuntu: apt-get install python3-venv" % python)
            python = os.path.join(scratch, "pip", "bin", "python3")
        options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", scratch, "-r", lock]
        settings = dict(os.environ, PIP_REQUIRE_VIRTUALENV="0")  # nothing is installed
        if subprocess.call([python, "-m", "pip", "download"] + options, env=settings):
            sys.exit("ci: the tool can't be fetched; look at what pip says above, then run the same command again")
        for path in glob.glob(os.path.join(scratch, "*.whl")):
            os.replace(path, os.path.join(folder, os.path.basename(path)))


def main() -> int:
    """Hand over to the tool; its exit code."""
    try:
        sys.path.insert(0, wheel())
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        sys.exit("ci: the tool can't be started: %s" % error)
    for name in ("ci", "ci.__main__"):  # the folder around this file, which holds no package
        sys.modules.pop(name, None)
    from ci.__main__ import main as start

    return start()


if __name__ == "__main__":
    sys.exit(main())
