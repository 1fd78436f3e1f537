"""Shell completion of job and branch names: from a file that is renewed in the background, never from the server.

Never slow and never an error: without a file there is nothing to offer, and next time there is one.
"""

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

#: Seconds after which the names are asked for again, and between two tries.
RENEW_AFTER = 180.0
#: Seconds after which a process that asks is ended, whatever the server does.
_PATIENCE = 60
_MOST = 20_000
#: Bytes of a file of names; a larger one is none of ours, and would be slow to read.
_LARGEST = 4_000_000

#: A job and, if it is the job of a branch, the project's name and the branch.
Names = list[tuple[str, str | None]]


def job_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Jobs and multibranch projects whose name begins so; those of branches are found by ``-b``."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(job) for job, branch in _names() if branch is None and job.startswith(incomplete)]


def branch_names(context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Branches of the multibranch project that the command line names; of all, as long as that is not known."""
    from click.shell_completion import CompletionItem

    given = context.params.get("job") or context.params.get("target")
    project = given[0] if isinstance(given, tuple) else given
    found = {branch for job, branch in _names() if branch is not None and project in (None, job)}
    return [CompletionItem(branch) for branch in sorted(found) if branch.startswith(incomplete)]


def cache_file() -> Path:
    """Where the names are kept that this user may see on this server."""
    who = "\0".join(os.environ.get(name, "") for name in ("JENKINS_URL", "JENKINS_USER_ID"))
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(folder) / "ci" / f"jenkins-jobs-{hashlib.sha256(who.encode(errors='replace')).hexdigest()[:16]}.json"


def _names() -> Names:
    """The names as last known; renewed behind the scenes if that is a while ago."""
    if not os.environ.get("JENKINS_URL"):
        return []
    try:
        file = cache_file()
        with contextlib.suppress(OSError):  # what is there may be of use even where nothing new can be written
            if _is_old(file):
                _renew_in_background(file)
        if file.stat().st_size > _LARGEST:
            return []
        found = json.loads(file.read_bytes())
        return [(job, branch) for job, branch in found if isinstance(job, str) and isinstance(branch, str | None)]
    except (OSError, ValueError, TypeError, RecursionError):
        return []


def _is_old(file: Path) -> bool:
    """Whether the file is due, and nobody has tried to renew it a moment ago."""
    newest = max((one.stat().st_mtime for one in (file, _tried(file)) if one.exists()), default=0.0)
    return abs(time.time() - newest) > RENEW_AFTER


def _tried(file: Path) -> Path:
    return file.with_suffix(".tried")


def _renew_in_background(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _tried(file).touch(mode=0o600)
    subprocess.Popen(
        [sys.executable, "-c", f"from {__name__} import renew; renew()"],
        cwd=Path(__file__).parents[3], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, start_new_session=True,
    )


def renew() -> None:
    """Ask the server for all names and keep them, readable for this user only. Raises what the client raises."""
    from ci.jenkins import from_env

    signal.alarm(_PATIENCE)
    names: Names = []
    for job in from_env().jobs()[:_MOST]:
        if not f"{job.name}{job.branch}".isprintable():
            continue  # a line of its own would be a command for some shells
        if job.branch is not None:
            names.append((job.name.rpartition("/")[0], job.branch))
        elif job.kind != "folder":
            names.append((job.name, None))
    file = cache_file()
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump(names, stream)
    new.replace(file)
