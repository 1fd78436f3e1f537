"""`ci bench` in a scratch repository."""

import subprocess

from tests.repository import Repository
from tests.tool import CI


def bench(repository: Repository, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `ci bench`."""
    return subprocess.run([*CI, "bench", *arguments], cwd=repository.root, capture_output=True, text=True, timeout=180)
