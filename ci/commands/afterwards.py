"""What to type after a command that has changed a project."""

import shlex
from pathlib import Path


def go_to(folder: Path) -> str:
    """A line that brings a shell to the top ``folder`` of a project; empty where it is."""
    return "" if folder.resolve() == Path.cwd().resolve() else f"  cd {shlex.quote(str(folder))}\n"


def undo(folder: Path, command: str, *, force: bool) -> str:
    """How git undoes the change, the end of a sentence: ``command``, then the removal of what is new.

    Empty with ``force``: git may not have had everything before, and would take it away too.
    """
    if force:
        return ""
    steps = [line.strip() for line in [go_to(folder)] if line]
    return "; git undoes it with: " + " && ".join([*steps, command, "git clean -fd"])
