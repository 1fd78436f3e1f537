"""Lists of jobs: folders in folders by one request, as deep as a request may ask."""

import logging
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct, field

from ci.jenkins.errors import JenkinsError, NotFound, no_such
from ci.jenkins.paths import decode_branch, folder_path, full_name, is_name
from ci.jenkins.results import JobSummary, Result
from ci.jenkins.transport import Transport

#: How many levels of folders one request asks for.
LEVELS = 8
#: How many folders may be in each other. Jenkins' own files would have longer paths than systems take.
DEEPEST = 100
_ITEM = "name,color"

_COLOURS: dict[str, Result] = {"blue": "SUCCESS", "yellow": "UNSTABLE", "red": "FAILURE", "aborted": "ABORTED"}
_RUNNING = "_anime"
_LOG = logging.getLogger(__name__)


class RawItem(Struct, frozen=True):
    """A job or folder; without a name where the request did not ask deep enough."""

    kind: str = field(name="_class", default="")
    name: str | None = None
    color: str | None = None
    jobs: list["RawItem"] | None = None


def item_kind(kind: str) -> Literal["job", "folder", "multibranch"]:
    """What an item of the Java class ``kind`` is."""
    if kind.endswith("MultiBranchProject"):
        return "multibranch"
    return "folder" if kind.endswith("Folder") else "job"


def listed(client: Transport, folder: str, *, recursive: bool) -> tuple[JobSummary, ...]:
    """See `Queries.jobs`."""
    name = full_name(folder) if folder.strip("/") else ""
    return tuple(_below(client, name, recursive=recursive))


def _below(client: Transport, folder: str, *, recursive: bool) -> Iterator[JobSummary]:
    try:
        found = client.ask(folder_path(folder), _tree(LEVELS if recursive else 1), RawItem)
    except NotFound:
        if not folder:
            raise
        raise no_such(folder, "folder") from None
    yield from _summaries(client, folder, found, recursive=recursive)


def _summaries(client: Transport, folder: str, parent: RawItem, *, recursive: bool) -> Iterator[JobSummary]:
    """What is in ``parent``, whose full name is ``folder``."""
    if folder.count("/") >= DEEPEST:
        raise JenkinsError(f"the server tells of more than {DEEPEST} folders in each other: see JENKINS_URL")
    of_branches = item_kind(parent.kind) == "multibranch"
    for item in parent.jobs or ():
        if item.name is None:
            continue
        if not is_name(item.name):
            _LOG.warning("left out of the list of %s: %.80r, which is no name of a job", folder or "jobs", item.name)
            continue
        name = f"{folder}/{item.name}" if folder else item.name
        yield _summary(name, item, branch=decode_branch(item.name) if of_branches else None)
        if recursive and item.jobs and item.jobs[0].name is None:
            yield from _below(client, name, recursive=True)
        elif recursive:
            yield from _summaries(client, name, item, recursive=True)


def _summary(name: str, item: RawItem, *, branch: str | None) -> JobSummary:
    color = item.color or ""
    base = color.removesuffix(_RUNNING)
    kind = item_kind(item.kind)
    return JobSummary(
        name=name,
        kind="folder" if kind == "job" and item.jobs is not None else kind,
        branch=branch,
        last=_COLOURS.get(base),
        running=color.endswith(_RUNNING),
        disabled=base == "disabled",
    )


def _tree(levels: int) -> str:
    tree = "jobs"
    for level in range(levels):
        tree = f"jobs[{_ITEM},{tree}]" if level or levels > 1 else f"jobs[{_ITEM}]"
    return tree
