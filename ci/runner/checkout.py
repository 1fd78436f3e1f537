"""Checkouts: a small repository that shares the user's objects; from it, for each job, a folder with one of its own.

Nothing that a job does with git reaches the user's repository or its remote: a checkout has its own refs, index and
settings, reads the objects through ``objects/info/alternates`` (gitrepository-layout(5)), and can't push.
"""

import shutil
import tempfile
from pathlib import Path

from msgspec import Struct

from ci.process import git, run
from ci.runner.snapshot import open_repository, take

#: Settings of the user's repository that decide how files look in a checkout, and where a partial clone has the rest.
_SETTINGS = (
    r"^(core\.(autocrlf|eol|safecrlf|symlinks|filemode|attributesfile)|filter\..*|extensions\.partialclone"
    r"|remote\.origin\.(url|promisor|partialclonefilter))$"
)

#: Where ``git push`` of a job goes. A rehearsal on a laptop must not publish anything.
_NO_PUSH = "a-job-of-ci-run-does-not-push"


class Source(Struct, frozen=True, kw_only=True):
    """Where checkouts come from. ``commit`` is HEAD's id, ``snapshot`` that of the commit that is checked out."""

    git_folder: Path
    commit: str
    snapshot: str
    branch: str | None
    tags: tuple[str, ...]
    has_submodules: bool

    @property
    def dirty(self) -> bool:
        """Whether the working tree differs from HEAD."""
        return self.snapshot != self.commit


def prepare(root: Path, folder: Path, *, clean: bool, default_branch: str) -> Source:
    """Make the repository that every job's checkout starts from, in ``folder``. Raises UsageError, CommandError."""
    repository = open_repository(root)
    folder.mkdir(parents=True)
    with_files = {"GIT_DEFAULT_REF_FORMAT": "files"}
    object_format = f"--object-format={repository.object_format}"
    git("init", "--quiet", "--template=", object_format, ".", cwd=folder, env=with_files)
    made = folder / ".git"
    _share_objects(made, repository.objects)
    for file, name in ((repository.shallow, "shallow"), (repository.attributes, "info/attributes")):
        if file.exists():
            (made / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(file, made / name)
    _copy_settings(root, made / "config")
    (made / "packed-refs").write_text(_refs(root, default_branch))
    snapshot = repository.head if clean else take(repository, made / "objects", folder)
    (made / "HEAD").write_text(f"{snapshot}\n")
    return Source(
        git_folder=made,
        commit=repository.head,
        snapshot=snapshot,
        branch=repository.branch,
        tags=repository.tags,
        has_submodules=(root / ".gitmodules").exists(),
    )


def check_out(source: Source, folder: Path, *, commit: str | None = None) -> None:
    """Make a fresh checkout in ``folder``, which must not exist: HEAD is detached, branches and tags are known.

    Of the commit ``commit``; without it, of the source's snapshot.
    """
    folder.mkdir(parents=True)
    made = folder / ".git"
    shutil.copytree(source.git_folder, made, ignore=shutil.ignore_patterns("objects"))
    _share_objects(made, source.git_folder / "objects")
    (made / "HEAD").write_text(f"{commit or source.snapshot}\n")
    git("read-tree", "--reset", "-u", "HEAD", cwd=folder)


def working_tree(root: Path) -> str:
    """The id of the commit that a run of the working tree ``root`` would check out now. Raises as ``prepare``."""
    with tempfile.TemporaryDirectory() as folder:
        return prepare(root, Path(folder) / "source", clean=False, default_branch="main").snapshot


def _share_objects(git_folder: Path, objects: Path) -> None:
    (git_folder / "objects" / "info").mkdir(parents=True, exist_ok=True)
    (git_folder / "objects" / "pack").mkdir(exist_ok=True)
    (git_folder / "objects" / "info" / "alternates").write_text(f"{objects}\n")


def _copy_settings(root: Path, config: Path) -> None:
    """Settings of the one repository; those of the user and the machine hold in a checkout anyway.

    The remote is known by its address, as on an engine (`ci build` names it), but nothing can be pushed.
    """
    found = run(["git", "config", "--local", "-z", "--get-regexp", _SETTINGS], cwd=root, check=False).stdout
    for entry in filter(None, found.split("\0")):
        key, _, value = entry.partition("\n")
        git("config", "--file", str(config), "--add", key, value, cwd=root)
        if key == "remote.origin.url":
            git("config", "--file", str(config), "remote.origin.pushurl", _NO_PUSH, cwd=root)


def _refs(root: Path, default_branch: str) -> str:
    """The user's branches, tags and known branches of remotes, as a packed-refs file.

    Without a remote, origin/<default branch> is the local branch, so that a job finds it as on an engine.
    """
    kinds = ("refs/heads", "refs/tags", "refs/remotes")
    lines = git("for-each-ref", "--format=%(objectname) %(refname)", *kinds, cwd=root)
    refs = dict(line.split(" ", 1)[::-1] for line in lines.splitlines())
    default = refs.get(f"refs/heads/{default_branch}")
    if default:
        refs.setdefault(f"refs/remotes/origin/{default_branch}", default)
    return "".join(f"{commit} {name}\n" for name, commit in sorted(refs.items()))
