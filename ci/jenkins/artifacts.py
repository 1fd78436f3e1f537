"""Files that a build kept: which there are, and how they get here whole, whatever happens to the connection."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import requests
from msgspec import Struct, field

from ci.jenkins.build_contents import Artifact
from ci.jenkins.builds import build_path
from ci.jenkins.destination import Destination
from ci.jenkins.errors import JenkinsError, NotFound, Refused, Unavailable
from ci.jenkins.paths import below
from ci.jenkins.pauses import Pauses
from ci.jenkins.results import Build
from ci.jenkins.transport import Transport

#: So often in a row a file may break off without a byte more of it.
TRIES = 5

_GLOB = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


class RawArtifact(Struct, frozen=True, rename="camel"):
    """A file of a build."""

    relative_path: str


class RawArtifacts(Struct, frozen=True):
    """The files of a build."""

    artifacts: list[RawArtifact] = field(default_factory=list)


def listed(client: Transport, build: Build) -> tuple[Artifact, ...]:
    """See `Queries.artifacts`."""
    raw = client.ask(build_path(build), "artifacts[relativePath]", RawArtifacts)
    return tuple(Artifact(one.relative_path) for one in raw.artifacts)


def download(
    client: Transport, build: Build, pattern: str, dest: Path, *, on_file: Callable[[Artifact, Path], object] | None
) -> tuple[Path, ...]:
    """See `Queries.download`."""
    chosen = _chosen(build, listed(client, build), pattern)
    destination = Destination(dest)
    for artifact in chosen:
        destination.place(artifact.path)
    places = []
    for artifact in chosen:
        with destination.writing(artifact.path) as file:
            _fetch(client, f"{build_path(build)}artifact/{below(artifact.path)}", file)
        places.append(destination.place(artifact.path))
        if on_file:
            on_file(artifact, places[-1])
    return tuple(places)


def _chosen(build: Build, known: Sequence[Artifact], pattern: str) -> list[Artifact]:
    """Those that match; raises NotFound if none does, JenkinsError if two have the same name."""
    chosen = [one for one in known if matches(one.path, pattern)]
    if not chosen:
        others = f" that matches {pattern}, but {len(known)} others: see `ci jenkins view`" if known else ""
        raise NotFound(f"{build.name} kept no file{others}")
    twice = [path for path, count in Counter(one.path for one in chosen).items() if count > 1]
    if twice:
        raise JenkinsError(
            f"the server lists {twice[0]!r} of {build.name} more than once, so nobody knows which is meant: "
            "nothing is downloaded"
        )
    return chosen


def matches(path: str, pattern: str) -> bool:
    """Whether a path fits a glob; one without a slash is compared with the file's name alone."""
    if "/" not in pattern and pattern != "**":
        path = path.rpartition("/")[2]
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return bool(re.fullmatch("".join(_GLOB.get(part) or re.escape(part) for part in parts), path, re.DOTALL))


def _fetch(client: Transport, path: str, file: BinaryIO) -> None:
    """Write the file at ``path``, going on where a connection broke off if the server can."""
    pauses = Pauses(client, first=0.5, longest=10.0)
    tries, etag = 0, ""
    while True:
        have = file.tell()
        headers = {"Accept-Encoding": "identity"}
        if have:
            headers |= {"Range": f"bytes={have}-"} | ({"If-Range": etag} if etag else {})
        try:
            response = client.get(path, stream=True, headers=headers)
            etag = response.headers.get("ETag", "")
            _copy(client, response, file, have)
            return
        except (Unavailable, Refused) as error:
            tries = 0 if file.tell() > have else tries + 1
            lasting = error.lasting if isinstance(error, Unavailable) else not have
            if tries == TRIES or lasting:
                raise
            if isinstance(error, Refused):  # what is here is no beginning of what is there
                _empty(file)
        pauses.pause()


def _copy(client: Transport, response: requests.Response, file: BinaryIO, have: int) -> None:
    """Append an answer's content; from the beginning if the server did not go on where it was asked to."""
    goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
    if response.status_code == 206 and not goes_on:
        response.close()
        raise Refused("the server sends another part of a file than it was asked for")
    if response.status_code != 206 and have:
        _empty(file)
    try:
        for piece in client.pieces(response, "a download"):
            file.write(piece)
    except Unavailable:
        if "Content-Encoding" in response.headers:  # bytes here are no count of bytes there
            _empty(file)
        raise


def _empty(file: BinaryIO) -> None:
    file.seek(0)
    file.truncate()
