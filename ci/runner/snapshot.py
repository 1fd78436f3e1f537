"""The commit that a run checks: HEAD, or the working tree as a commit that the user's repository never sees."""

import shutil
from pathlib import Path

from msgspec import Struct

from ci.errors import CommandError, UsageError
from ci.process import git
from ci.repositories import unusable

_AUTHOR = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in (
    ("NAME", "ci run"), ("EMAIL", "ci@localhost"))}
#: What runs leave; never part of a snapshot, even if no .gitignore says so.
OURS = ("var", "reports")


class Repository(Struct, frozen=True, kw_only=True):
    """The user's repository: its root, where git keeps things, and what HEAD is.

    ``head`` and ``tree`` are the ids of HEAD's commit and of its files. ``branch`` is None where HEAD is detached;
    only then ``tags`` holds those that point at it.
    """

    root: Path
    objects: Path
    index: Path
    shallow: Path
    attributes: Path
    object_format: str
    head: str
    tree: str
    branch: str | None
    tags: tuple[str, ...]


def open_repository(root: Path) -> Repository:
    """Look at the repository whose working tree is ``root``. Raises UsageError where nothing can be run."""
    names = ("objects", "index", "shallow", "info/attributes")
    questions = ["--show-toplevel", *(word for name in names for word in ("--git-path", name))]
    questions += ["--show-object-format", "HEAD", "HEAD^{tree}", "--symbolic-full-name", "HEAD"]
    try:
        answers = git("rev-parse", "--path-format=absolute", *questions, cwd=root).split("\n")
    except CommandError as error:
        raise unusable(root, error) from None
    top, objects, index, shallow, attributes = map(Path, answers[:5])
    if not top.samefile(root):
        raise UsageError(f"ci/pipeline.toml must be in the top folder of its repository, {top}, not in {root}")
    object_format, head, tree, name = answers[5:]
    branch = name.removeprefix("refs/heads/") if name.startswith("refs/heads/") else None
    tags = () if branch else tuple(git("tag", "--points-at", "HEAD", cwd=root).splitlines())
    return Repository(
        root=root, objects=objects, index=index, shallow=shallow, attributes=attributes,
        object_format=object_format, head=head, tree=tree, branch=branch, tags=tags,
    )


def take(repository: Repository, objects: Path, folder: Path) -> str:
    """The working tree as a commit: HEAD itself where nothing differs, else a new one on top of it.

    Holds what ``git add --all`` would: changes, deletions, new files that are not ignored. New objects go to
    the folder ``objects``, the temporary index to ``folder``. The same tree gives the same commit.
    """
    env = {"GIT_INDEX_FILE": str(folder / "index"), "GIT_OBJECT_DIRECTORY": str(objects)}
    root = repository.root
    if repository.index.exists():
        shutil.copyfile(repository.index, folder / "index")
    else:
        git("read-tree", "HEAD", cwd=root, env=env)
    git("add", "--update", cwd=root, env=env)
    ours = (f"--exclude=/{name}/" for name in OURS)
    new = git("ls-files", "--others", "--exclude-standard", *ours, "-z", cwd=root, env=env).split("\0")
    # A name that ends with a slash is a repository inside this one: no part of it, as for the engines.
    files = [name for name in new if name and not name.endswith("/")]
    if files:
        git("update-index", "--add", "-z", "--stdin", cwd=root, env=env, input="\0".join(files) + "\0")
    tree = git("write-tree", cwd=root, env=env)
    return repository.head if tree == repository.tree else _commit(repository, tree, env)


def _commit(repository: Repository, tree: str, env: dict[str, str]) -> str:
    date = git("log", "-1", "--format=%ct +0000", "--no-show-signature", "HEAD", cwd=repository.root)
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    message = "Working tree, with changes that are not committed"
    arguments = ("commit-tree", tree, "-p", "HEAD", "-m", message)
    return git(*arguments, cwd=repository.root, env={**env, **_AUTHOR, **dates})
