"""Links within the folder of a server."""

import os
from pathlib import Path

UNFINISHED = ".unfinished"


def point(link: Path, target: Path) -> None:
    """Make ``link`` lead to ``target``, relatively and in one step: nobody ever finds no link."""
    new = link.with_name(link.name + UNFINISHED)
    new.unlink(missing_ok=True)
    new.symlink_to(os.path.relpath(target, link.parent))
    os.replace(new, link)
