"""The archive of a release, `dist/<project>-<release>.tar.gz`: tracked files, and what release they are.

Standard library only: `ci build` runs on every engine. Two builds of one commit with the same
SOURCE_DATE_EPOCH are equal to the last byte (https://reproducible-builds.org/docs/source-date-epoch/).
"""

import gzip
import io
import json
import os
import re
import stat
import tarfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ci.deploy import repository
from ci.deploy.unpack import RELEASE_FILE as RELEASE_FILE
from ci.errors import CommandError, UsageError
from ci.process import git
from ci.repositories import unusable

FOLDER = "dist"

#: Where a project without packaging metadata has its name.
PIPELINE = "ci/pipeline.toml"

_RELEASE = r"[0-9a-f]{12}(-dirty)?"


@dataclass(frozen=True)
class Commit:
    """What a checkout is at: a commit, and whether its tracked files differ from it (``dirty``).

    ``time`` in seconds since 1970.
    """

    id: str
    time: int
    dirty: bool

    @property
    def release(self) -> str:
        """The name of a release that is built from it."""
        return self.id[:12] + ("-dirty" if self.dirty else "")


def build(
    root: Path, paths: Sequence[str], *, checks: Sequence[str] = (), environ: Mapping[str, str] = os.environ
) -> Path:
    """Make the archive of the tracked files under ``paths`` of the checkout ``root``; return where it is.

    ``checks`` are the names of the jobs that have passed. In ``environ``, CI_COMMIT (with CI_DIRTY=1) names
    the commit where HEAD does not, and SOURCE_DATE_EPOCH is the time of the build. Archives of other releases
    are removed.

    Raises UsageError: a path that matches nothing, or a file that can't go into an archive.
    """
    project = project_name(root)
    commit = _commit(root, environ)
    contents = dict(_contents(root, _tracked(root, paths)))
    contents[RELEASE_FILE] = (_release_json(root, commit, checks, environ), 0o644)
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{project}-{commit.release}.tar.gz"
    for old in _archives(folder, project):
        old.unlink()
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(_packed(contents, commit.time))
    os.replace(unfinished, path)
    return path


def in_folder(root: Path) -> list[Path]:
    """The archives in `dist/` of the checkout ``root``, by name."""
    return sorted((root / FOLDER).glob("*.tar.gz"))


def project_name(root: Path) -> str:
    """The name in `pyproject.toml`, else that of `ci/pipeline.toml`, as a part of a file's name. Raises UsageError."""
    name = _read(root / "pyproject.toml", "project", "name")
    if name is None:
        name = _read(root / PIPELINE, "name")
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", name) if isinstance(name, str) else name
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise UsageError(
            'the project has no name: write one under [project] in pyproject.toml, as in name = "shop", or as `name` '
            f"in {PIPELINE}"
        )
    return name


def _read(path: Path, *keys: str) -> Any:
    """The value at ``keys`` of a TOML file; None if there is no such file or key. Raises UsageError."""
    try:
        found: Any = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        for key in keys:
            found = found[key]
    except (FileNotFoundError, KeyError, TypeError):
        return None
    except ValueError as error:
        raise UsageError(f"{path.name} can't be read: {error}") from None
    return found


def _archives(folder: Path, project: str) -> list[Path]:
    """The archives that earlier builds of this project left."""
    name = re.compile(rf"{re.escape(project)}-{_RELEASE}\.tar\.gz(\.unfinished)?")
    return [path for path in folder.iterdir() if name.fullmatch(path.name)]


def _commit(root: Path, environ: Mapping[str, str]) -> Commit:
    given = environ.get("CI_COMMIT")
    if given and not re.fullmatch(r"[0-9a-f]{40}", given):
        raise UsageError(f"CI_COMMIT must be 40 hex digits, not {given!r}")
    try:
        commit = given or git("rev-parse", "--verify", "HEAD", cwd=root)
        seconds = int(
            git("show", "--no-patch", "--no-show-signature", "--format=%ct", commit, "--", cwd=root)
        )
    except CommandError as error:
        raise unusable(root, error) from None
    if given:
        return Commit(commit, seconds, environ.get("CI_DIRTY") == "1")
    return Commit(commit, seconds, bool(git("status", "--porcelain", "--untracked-files=no", cwd=root)))


def _tracked(root: Path, paths: Sequence[str]) -> list[str]:
    """The tracked files under ``paths``, sorted. Raises UsageError for a path that holds none."""
    if not paths:
        raise UsageError(
            "nothing to build: name the files and folders of the release, as in: ci build app Procfile"
        )
    found: set[str] = set()
    for path in paths:
        try:
            listed = git("--literal-pathspecs", "ls-files", "-z", "--", path, cwd=root)
        except CommandError as error:
            raise UsageError(f"{path!r} can't be built: {error}") from None
        if not listed:
            raise UsageError(f"git tracks nothing at {path!r}; check its spelling, or add it with: git add")
        found.update(listed.rstrip("\0").split("\0"))
    return sorted(found - {RELEASE_FILE})


def _contents(root: Path, names: Sequence[str]) -> Iterator[tuple[str, tuple[bytes, int]]]:
    """Each file's name, content and mode. A file that was deleted but is still tracked is left out."""
    for name in names:
        path = root / name
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:
            continue
        if not stat.S_ISREG(mode):
            raise UsageError(
                f"{name} is no plain file: a release holds no links or submodules; put the file itself there"
            )
        yield name, (path.read_bytes(), 0o755 if mode & 0o100 else 0o644)


def _release_json(root: Path, commit: Commit, checks: Sequence[str], environ: Mapping[str, str]) -> bytes:
    fields = {
        "release": commit.release,
        "commit": commit.id,
        "built": _build_time(environ).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "checks": list(checks),
        "repository": repository.page(root),
    }
    return json.dumps(fields, indent=2, ensure_ascii=False).encode() + b"\n"


def _build_time(environ: Mapping[str, str]) -> datetime:
    epoch = environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    if not re.fullmatch(r"[0-9]{1,11}", epoch):
        raise UsageError(f"SOURCE_DATE_EPOCH must be seconds since 1970, not {epoch!r}")
    return datetime.fromtimestamp(int(epoch), UTC)


def _packed(contents: Mapping[str, tuple[bytes, int]], seconds: int) -> bytes:
    """The archive: names sorted, everything that differs between machines left out."""
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, (content, mode) in sorted(contents.items()):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.mtime = len(content), mode, seconds
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()
