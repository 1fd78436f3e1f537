"""The commit that a run checks: HEAD, or the working tree as a commit that the user's repository never sees."""

import shutil
from pathlib import Path

from msgspec import Struct

from ci.errors import CommandError, UsageError
from ci.process import git, run

_AUTHOR = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in (
    ("NAME", "ci run"), ("EMAIL", "ci@localhost"))}
#: What runs leave; never part of a snapshot, even if no .gitignore says so.
_OURS = ("var", "reports")


class Repository(Struct, frozen=True, kw_only=True):
    """The user's repository: its root, where git keeps things, and what HEAD is.

    ``branch`` is None where HEAD is detached; only then ``tags`` holds those that point at it.
    """

    root: Path
    objects: Path
    index: Path
    shallow: Path
    attributes: Path
    object_format: str
    head: str
    branch: str | None
    tags: tuple[str, ...]


def open_repository(root: Path) -> Repository:
    """Look at the repository whose working tree is ``root``. Raises UsageError where nothing can be run."""
    _refuse_other_places(root)
    names = ("objects", "index", "shallow", "info/attributes")
    paths = [word for name in names for word in ("--git-path", name)]
    answer = git("rev-parse", "--path-format=absolute", *paths, "--show-object-format", cwd=root)
    *found, object_format = answer.split("\n")
    objects, index, shallow, attributes = map(Path, found)
    head, *branch = git("rev-parse", "HEAD", "--symbolic-full-name", "HEAD", cwd=root).split("\n")
    on_branch = branch[0].removeprefix("refs/heads/") if branch and branch[0].startswith("refs/heads/") else None
    tags = () if on_branch else tuple(git("tag", "--points-at", "HEAD", cwd=root).splitlines())
    return Repository(
        root=root, objects=objects, index=index, shallow=shallow, attributes=attributes,
        object_format=object_format, head=head, branch=on_branch, tags=tags,
    )


def _refuse_other_places(root: Path) -> None:
    try:
        is_bare, inside = git("rev-parse", "--is-bare-repository", "--is-inside-work-tree", cwd=root).split("\n")
    except CommandError as error:
        raise UsageError(
            f"{root} is no git repository that can be read. Jobs run in checkouts of a commit: "
            f"`git init`, `git add .` and `git commit` make one.\n{error}"
        ) from None
    if is_bare == "true" or inside == "false":
        raise UsageError(f"{root} is a bare repository, without files: run ci in a clone of it")
    top = Path(git("rev-parse", "--show-toplevel", cwd=root))
    if not top.samefile(root):
        raise UsageError(f"ci/pipeline.toml must be in the top folder of its repository, {top}, not in {root}")
    head = ["git", "rev-parse", "--verify", "--quiet", "HEAD^{commit}"]
    if run(head, cwd=root, check=False).exit_code:
        raise UsageError(f"{root} has no commit yet: make one with `git add .` and `git commit`, then run again")


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
    ours = (f"--exclude=/{name}/" for name in _OURS)
    new = git("ls-files", "--others", "--exclude-standard", *ours, "-z", cwd=root, env=env).split("\0")
    # A name that ends with a slash is a repository inside this one: no part of it, as for the engines.
    files = [name for name in new if name and not name.endswith("/")]
    if files:
        git("update-index", "--add", "-z", "--stdin", cwd=root, env=env, input="\0".join(files) + "\0")
    tree = git("write-tree", cwd=root, env=env)
    head_tree, date = git("log", "-1", "--format=%T%n%ct +0000", "--no-show-signature", "HEAD", cwd=root).split("\n")
    if tree == head_tree:
        return repository.head
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    message = "Working tree, with changes that are not committed"
    return git("commit-tree", tree, "-p", "HEAD", "-m", message, cwd=root, env={**env, **_AUTHOR, **dates})
