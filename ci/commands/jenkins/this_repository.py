"""What Jenkins has to know of the repository around the working directory."""

from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from ci.commands import find_root, load
from ci.errors import CommandError, UsageError
from ci.process import git


class Found(NamedTuple):
    """``url`` holds no credentials; ``jenkinsfile`` is the path in the repository; ``name`` is the pipeline's."""

    url: str
    jenkinsfile: str
    default_branch: str
    name: str


def find(url: str | None = None) -> Found:
    """The repository, with ``url`` in place of that of git's ``origin``. Raises UsageError or DefinitionError."""
    root = find_root()
    pipeline = load(root)[0].pipeline
    prefix = _prefix(root)
    return Found(
        url=without_credentials(url or _origin(root)), jenkinsfile=f"{prefix}Jenkinsfile",
        default_branch=pipeline.default_branch, name=pipeline.name,
    )


def without_credentials(url: str) -> str:
    """``url`` without what a web address may hold of a user, and without any password: Jenkins has credentials."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url
    user, _, host = parts.netloc.rpartition("@")
    name = "" if parts.scheme in ("http", "https") else user.partition(":")[0]
    return urlunsplit(parts._replace(netloc=f"{name}@{host}" if name else host))


def _origin(root: Path) -> str:
    try:
        return git("config", "--get", "remote.origin.url", cwd=root).strip()
    except CommandError:
        raise UsageError("git knows no remote 'origin' here; say where the code is: --repository URL") from None


def _prefix(root: Path) -> str:
    """The path of ``root`` in its repository: empty, or with a slash at its end."""
    try:
        return git("rev-parse", "--show-prefix", cwd=root).strip()
    except CommandError:
        return ""
