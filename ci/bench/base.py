"""Which commit the working tree is measured against."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from ci.bench.ancestry import PARENT, Ancestry
from ci.bench.results import Commit
from ci.process import git
from ci.runner.snapshot import OURS, Repository, open_repository

#: What GitHub checks out for a pull request: a merge of its own, whose first parent is the branch that it goes to.
_MERGED_BY_GITHUB = re.compile(r"refs/pull/\d+/merge")

#: The branch that a pull request goes to, as GitHub and Jenkins tell it.
_TARGETS = ("GITHUB_BASE_REF", "CHANGE_TARGET")

#: What tells that this is an engine. GoCD and TeamCity set no ``CI``, but these (their pages on variables of a build).
_ENGINES = ("CI", "GO_SERVER_URL", "TEAMCITY_VERSION")


class Choice(Struct, frozen=True, kw_only=True):
    """Both sides. ``base`` is None where there is nothing to compare with. ``reason`` says why it is this one.

    ``is_step``: the head is a commit of the default branch and the base is the one before, as a history wants it.
    """

    base: Commit | None
    head: Commit
    reason: str
    is_step: bool = False


def choose(
    root: Path, *, ref: str | None, default_branch: str, environ: Mapping[str, str], say: Callable[[str], None]
) -> Choice:
    """The commit ``ref``, else the one that a reader of the change would compare the working tree at ``root`` with.

    Without ``ref``: the commit where this line of history left the default branch, or the branch that the pull
    request goes to; on that branch itself, and for a tag, the commit before; with changes that are not committed on
    top of such a commit, the commit. On an engine, as ``environ`` tells, what its clone left out is fetched, and said.
    Raises UsageError where that commit is unknown here, CommandError if git fails.
    """
    repository = open_repository(root)
    on_engine = any(environ.get(name) for name in _ENGINES)
    # On an engine nobody edits: there, what differs was left by the steps before.
    head = Commit(name=_name(repository), id=repository.head, dirty=not on_engine and _is_changed(root))
    ancestry = Ancestry(repository, fetch=on_engine, say=say)
    if ref is not None:
        return Choice(base=Commit(name=_text(ref), id=ancestry.find(ref)), head=head, reason="as --base says")
    target = next((environ[name] for name in _TARGETS if environ.get(name)), None)
    if target and len(ancestry.parents) == 2 and _is_merged_by_github(repository.head, environ):
        base, reason = ancestry.parent(), f"{target}, into which the pull request was merged"
    elif repository.tags and not target:
        base, reason = _before(ancestry, head.dirty, f"tag {repository.tags[0]}")
    else:
        base, reason = _where_it_left(ancestry, target or default_branch, head.dirty)
    if base is None:
        return Choice(base=None, head=head, reason="the first commit: nothing to compare with")
    is_step = base.name == PARENT and not target and ancestry.has_been(default_branch)
    return Choice(base=base, head=head, reason=reason, is_step=is_step)


def _is_merged_by_github(head: str, environ: Mapping[str, str]) -> bool:
    """Whether GitHub's own merge is checked out: a workflow can also check out the pull request as it is."""
    is_merge = _MERGED_BY_GITHUB.fullmatch(environ.get("GITHUB_REF", "")) is not None
    return is_merge and environ.get("GITHUB_SHA", head) == head


def _where_it_left(ancestry: Ancestry, branch: str, edited: bool) -> tuple[Commit | None, str]:
    """The last commit in common with ``branch``; where that is HEAD, the commit before."""
    if not ancestry.parents:
        return _before(ancestry, edited, "the first commit")
    left = ancestry.branch(branch)
    common = ancestry.common(left)
    if common == ancestry.head:
        return _before(ancestry, edited, left.name)
    # The name is for people to type: that of a branch only as long as the branch is still there.
    name = _text(left.name) if common == left.id else common[:12]
    return Commit(name=name, id=common), f"where it left {left.name}"


def _before(ancestry: Ancestry, edited: bool, place: str) -> tuple[Commit | None, str]:
    if edited:
        return Commit(name="HEAD", id=ancestry.head), f"{place}, without the changes that are not committed"
    return ancestry.parent(), f"the commit before, since this is {place}"


def _name(repository: Repository) -> str:
    return _text(repository.branch or next(iter(repository.tags), repository.head[:12]))


def _text(name: str) -> str:
    """A name of git's, which can be any bytes, for reports in UTF-8."""
    return name.encode(errors="replace").decode()


def _is_changed(root: Path) -> bool:
    """Whether the working tree or the index differs from HEAD. Ignored files and what runs leave don't count."""
    others = (f":(top,exclude){name}" for name in OURS)
    return bool(git("status", "--porcelain", "--untracked-files=normal", "--", ":/", *others, cwd=root))
