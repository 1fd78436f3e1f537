"""Names as people write them, and the paths under which Jenkins finds them.

A job of a branch is named by the branch with ``# % / ? [ ] \\`` percent-encoded (branch-api's NameEncoder). That name
is quoted again for the path: ``feature/login`` becomes ``feature%252Flogin``. Jenkins understands simpler forms too,
but a proxy that decodes ``%2F`` on the way breaks them.
"""

import re
from urllib.parse import quote, unquote, urlsplit

from ci.errors import UsageError

_ENCODED = {ord(letter): f"%{ord(letter):02X}" for letter in "#%/?[]\\"}
_WHOLE = {"": "%00", ".": "%2E", "..": "%2E."}
#: What is in no name: encoded in the job of a branch, and refused by Jenkins in others. A branch may hold @, & or !.
_BAD = re.compile(r"[?#\[\]\\\x00-\x1f\x7f\ud800-\udfff]")


def encode_branch(branch: str) -> str:
    """The name of the job for a branch."""
    return _WHOLE.get(branch) or branch.translate(_ENCODED)


def decode_branch(name: str) -> str:
    """The branch of a job with that name."""
    return "" if name == "%00" else unquote(name, errors="replace")


def full_name(job: str, branch: str | None = None) -> str:
    """The full name of a job (``folder/app``) or of a branch of it, checked. Raises UsageError."""
    whole = job.strip("/") if branch is None else f"{job.strip('/')}/{encode_branch(branch)}"
    if not all(map(is_name, whole.split("/"))):
        raise UsageError(
            f"{whole!r} is no name of a Jenkins job: write it as folder/app, and the branch of a multibranch "
            "project by itself"
        )
    return whole


def is_name(name: str) -> bool:
    """Whether an item in a folder may have that name."""
    return name not in ("", ".", "..") and name.strip() == name and "/" not in name and not _BAD.search(name)


def job_path(job: str, branch: str | None = None) -> str:
    """The path of a job below the server's address, such as ``job/folder/job/app``. Raises UsageError."""
    return "/".join(f"job/{quote(name, safe='')}" for name in full_name(job, branch).split("/"))


def folder_path(folder: str) -> str:
    """The path of a folder with a slash at its end; empty for the top. Raises UsageError."""
    return f"{job_path(folder)}/" if folder.strip("/") else ""


def below(path: str) -> str:
    """A path of several parts, each quoted by itself."""
    return "/".join(quote(part, safe="") for part in path.split("/"))


def job_of_url(url: str) -> str | None:
    """The full name in the address of a job or build as Jenkins gives it, wherever the server is; None without one."""
    try:
        parts = urlsplit(url).path.split("/")
    except ValueError:
        return None
    names = [unquote(name) for word, name in zip(parts, parts[1:], strict=False) if word == "job"]
    return "/".join(names) or None
