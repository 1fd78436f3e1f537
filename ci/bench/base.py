"""Which commit the working tree is measured against."""

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from ci.bench.results import Commit
from ci.errors import UsageError
from ci.process import git, run
from ci.runner.snapshot import OURS, Repository, open_repository

#: What GitHub checks out for a pull request: a merge of its own, whose first parent is the branch that it goes to.
_MERGED_BY_GITHUB = re.compile(r"refs/pull/\d+/merge")

_PARENT = "HEAD~1"

#: The branch that a pull request goes to, as GitHub and Jenkins tell it.
_TARGETS = ("GITHUB_BASE_REF", "CHANGE_TARGET")


class Choice(Struct, frozen=True, kw_only=True):
    """Both sides. ``base`` is None where there is nothing to compare with. ``reason`` says why it is this one.

    ``is_step``: the head is a commit of the default branch and the base is the one before, as a history wants it.
    """

    base: Commit | None
    head: Commit
    reason: str
    is_step: bool = False


def choose(root: Path, *, ref: str | None, default_branch: str, environ: Mapping[str, str]) -> Choice:
    """The commit ``ref``, else the one that a reader of the change would compare the working tree at ``root`` with.

    Without ``ref``: the commit where this line of history left the default branch, or the branch that the pull
    request goes to; on that branch itself, and for a tag, the commit before; with changes that are not committed on
    top of such a commit, the commit. Raises UsageError where that commit is unknown here, CommandError if git fails.
    """
    repository = open_repository(root)
    head = Commit(name=_name(repository), id=repository.head, dirty=_is_changed(root))
    history = _History(root, repository)
    if ref is not None:
        return Choice(base=Commit(name=ref, id=history.find(ref)), head=head, reason="as --base says")
    # On an engine nobody edits: there, what differs was left by the steps before.
    edited = head.dirty and not environ.get("CI")
    target = next((environ[name] for name in _TARGETS if environ.get(name)), None)
    if target and _MERGED_BY_GITHUB.fullmatch(environ.get("GITHUB_REF", "")) and len(history.parents) == 2:
        base, reason = history.parent(), f"{target}, into which the pull request was merged"
    elif repository.tags and not target:
        base, reason = _before(history, edited, f"tag {repository.tags[0]}")
    else:
        base, reason = _where_it_left(history, target or default_branch, edited)
    if base is None:
        return Choice(base=None, head=head, reason="the first commit: nothing to compare with")
    is_step = base.name == _PARENT and not target and not repository.tags
    return Choice(base=base, head=head, reason=reason, is_step=is_step)


def _where_it_left(history: "_History", branch: str, edited: bool) -> tuple[Commit | None, str]:
    """The last commit in common with ``branch``; where that is HEAD, the commit before."""
    known = history.known(f"refs/remotes/origin/{branch}", f"refs/heads/{branch}")
    if known is None:
        if not history.parents:
            return None, ""
        raise UsageError(
            f"neither origin/{branch} nor {branch} is known here: fetch it with "
            f"`git fetch origin +refs/heads/{branch}:refs/remotes/origin/{branch}`, or name a commit with --base"
        )
    shown = known.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    common = history.common(known, shown)
    if common == history.head:
        return _before(history, edited, shown)
    # The name is for people to type: that of a branch only as long as the branch is still there.
    name = shown if history.find(known) == common else common[:12]
    return Commit(name=name, id=common), f"where it left {shown}"


def _before(history: "_History", edited: bool, place: str) -> tuple[Commit | None, str]:
    if edited:
        return Commit(name="HEAD", id=history.head), f"{place}, without the changes that are not committed"
    return history.parent(), f"the commit before, since this is {place}"


def _name(repository: Repository) -> str:
    return repository.branch or next(iter(repository.tags), repository.head[:12])


def _is_changed(root: Path) -> bool:
    """Whether the working tree or the index differs from HEAD. Ignored files and what runs leave don't count."""
    others = (f":(top,exclude){name}" for name in OURS)
    return bool(git("status", "--porcelain", "--untracked-files=normal", "--", ":/", *others, cwd=root))


class _History:
    """Questions to git about HEAD and what is before it."""

    def __init__(self, root: Path, repository: Repository) -> None:
        self._root = root
        self._is_shallow = repository.shallow.exists()
        self.head = repository.head
        # As the commit says, also where a shallow clone lacks them.
        header = git("cat-file", "commit", self.head, cwd=root).partition("\n\n")[0]
        self.parents = tuple(line[7:] for line in header.splitlines() if line.startswith("parent "))

    def find(self, name: str) -> str:
        """The id of the commit that ``name`` means. Raises UsageError if there is none."""
        found = "" if name.startswith("-") else self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        if found:
            return found
        advice = _UNSHALLOW if self._is_shallow else f"fetch it (`git fetch origin {name}`), or name another"
        raise UsageError(f"--base {name}: there is no such commit here; {advice}")

    def known(self, *refs: str) -> str | None:
        """The first of ``refs`` that exists."""
        return next((ref for ref in refs if self._ask("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")), None)

    def parent(self) -> Commit | None:
        """The first parent of HEAD; None where HEAD is the first commit. Raises UsageError if it is not here."""
        if not self.parents:
            return None
        if not self._ask("rev-parse", "--verify", "--quiet", f"{self.parents[0]}^{{commit}}"):
            raise UsageError(f"the commit before HEAD, {self.parents[0][:12]}, is not here; {_UNSHALLOW}")
        return Commit(name=_PARENT, id=self.parents[0])

    def common(self, ref: str, shown: str) -> str:
        """The last commit that HEAD and ``ref`` have in common. Raises UsageError if there is none here."""
        found = self._ask("merge-base", "HEAD", ref)
        if found:
            return found
        if self._is_shallow:
            raise UsageError(f"the commit where HEAD left {shown} is not here; {_UNSHALLOW}")
        raise UsageError(f"HEAD and {shown} have no commit in common: name the one to compare with, with --base")

    def _ask(self, *arguments: str) -> str:
        """The answer of git, empty where it has none."""
        return run(["git", *arguments], cwd=self._root, check=False).stdout.strip()


_UNSHALLOW = (
    "this clone is shallow: fetch the rest with `git fetch --unshallow` (in a pipeline: a job with `history = true` "
    "has it), then run again"
)
