"""`ci bench` in a scratch repository."""

import subprocess
import sys
from pathlib import Path

from tests.repository import Repository

#: Starts the tool of this checkout in a folder that may hold a package of its name.
PROGRAM = f"""
import sys
sys.path[0] = {str(Path(__file__).parents[3])!r}
from ci.cli import main
sys.exit(main())
"""


def bench(repository: Repository, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `ci bench`."""
    command = [sys.executable, "-c", PROGRAM, "bench", *arguments]
    return subprocess.run(command, cwd=repository.root, capture_output=True, text=True, timeout=180)
