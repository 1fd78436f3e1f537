"""Questions to git about HEAD and what is before it; on an engine with what its clone left out, fetched."""

import re
from collections.abc import Callable

from ci.bench.results import Commit
from ci.errors import CommandError, UsageError
from ci.process import git, run
from ci.runner.snapshot import Repository

#: How the commit before HEAD is called.
PARENT = "HEAD~1"

#: Seconds that fetching may take: with less history than that a job's own clone would be at its limit too.
_PATIENCE = 120.0

#: What origin may know: a branch, a tag or the whole id of a commit. Nothing that git takes for an option or a place.
_OF_ORIGIN = re.compile(r"[A-Za-z0-9][\w./+-]*")

_UNSHALLOW = (
    "this clone is shallow: fetch the rest with `git fetch --unshallow` (in a pipeline: a job with `history = true` "
    "has it), then run again"
)


class Ancestry:
    """HEAD of ``repository``, its ``parents``, and where it left a branch.

    With ``fetch``, what is missing is fetched from origin, as far as this user may, and ``say`` is told; so a pull
    request on Jenkins, whose clone has no other branch, finds the one that it goes to.
    """

    def __init__(self, repository: Repository, *, fetch: bool, say: Callable[[str], None]) -> None:
        self._repository, self._may_fetch, self._say = repository, fetch, say
        self.head = repository.head
        # As the commit says, also where a shallow clone lacks them.
        header = git("cat-file", "commit", self.head, cwd=repository.root).partition("\n\n")[0]
        self.parents = tuple(line[7:] for line in header.splitlines() if line.startswith("parent "))

    def find(self, name: str) -> str:
        """The id of the commit that ``name`` means, here or in origin. Raises UsageError if there is none."""
        may_be_of_origin = _OF_ORIGIN.fullmatch(name)
        found = self._named(name) or self._whole() and self._named(name) or may_be_of_origin and self._fetched(name)
        if found:
            return found
        advice = "name another"
        if may_be_of_origin:
            advice += f", or where origin has it: `git fetch origin {name}`, then `--base FETCH_HEAD`"
        raise UsageError(
            f"--base {name}: there is no such commit here; {_UNSHALLOW if self._is_shallow else advice}"
        )

    def branch(self, name: str) -> Commit:
        """The newest commit of a branch, that of origin before the local one. Raises UsageError if it is unknown."""
        if known := self._known(name):
            return known
        if found := self._fetched(f"refs/heads/{name}"):
            return Commit(name=f"origin/{name}", id=found)
        raise UsageError(
            f"neither origin/{name} nor {name} is known here: fetch it with "
            f"`git fetch origin +refs/heads/{name}:refs/remotes/origin/{name}`, name a commit with --base, or the "
            "right branch as default-branch in ci/pipeline.toml"
        )

    def has_been(self, branch: str) -> bool:
        """Whether HEAD is or was the newest commit of a branch that is known here, and not only merged into it."""
        known = self._known(branch)
        since = self._ask("rev-list", "--first-parent", known.id, f"^{PARENT}") if known else ""
        return self.head in since.splitlines()

    def parent(self) -> Commit | None:
        """The first parent of HEAD; None where HEAD is the first commit. Raises UsageError if it is not here."""
        if not self.parents:
            return None
        if not (self._commit(self.parents[0]) or self._whole() and self._commit(self.parents[0])):
            raise UsageError(f"the commit before HEAD, {self.parents[0][:12]}, is not here; {_UNSHALLOW}")
        return Commit(name=PARENT, id=self.parents[0])

    def common(self, other: Commit) -> str:
        """The last commit that HEAD and ``other`` have in common. Raises UsageError if there is none here."""
        question = ("merge-base", "HEAD", other.id)
        found = self._ask(*question) or self._whole() and self._ask(*question)
        if found:
            return found
        if self._is_shallow:
            raise UsageError(f"the commit where HEAD left {other.name} is not here; {_UNSHALLOW}")
        raise UsageError(f"HEAD and {other.name} have no commit in common: name the one to compare with, with --base")

    @property
    def _is_shallow(self) -> bool:
        return self._repository.shallow.exists()

    def _whole(self) -> bool:
        """Fetch what a shallow clone lacks; whether that was done."""
        return self._is_shallow and self._fetch()

    def _fetched(self, ref: str) -> str:
        """The commit that ``ref`` means in origin, fetched with all before it; empty if that can't be done.

        No ref of this clone remembers it: engines keep clones, and never renew what they did not fetch themselves.
        """
        return self._commit("FETCH_HEAD") if self._fetch("--refmap=", ref=ref) else ""

    def _fetch(self, *options: str, ref: str = "") -> bool:
        """Fetch ``ref``, else what this clone usually fetches, with all that is before; whether that was done."""
        if not self._may_fetch:
            return False
        depth = ["--unshallow"] if self._is_shallow else []
        command = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *depth, *options, "origin"]
        command += [ref] if ref else []
        self._say(f"what this clone lacks is fetched: git {' '.join(command)}")
        try:
            git(*command, cwd=self._repository.root, timeout=_PATIENCE)
        except CommandError as error:
            self._say(str(error))
            return False
        return True

    def _known(self, branch: str) -> Commit | None:
        for shown, ref in ((f"origin/{branch}", f"refs/remotes/origin/{branch}"), (branch, f"refs/heads/{branch}")):
            if found := self._commit(ref):
                return Commit(name=shown, id=found)
        return None

    def _named(self, name: str) -> str:
        """The commit that ``name`` means here, or with ``origin/`` before it."""
        return "" if name.startswith(("-", "^")) else self._commit(name) or self._commit(f"refs/remotes/origin/{name}")

    def _commit(self, name: str) -> str:
        return self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def _ask(self, *arguments: str) -> str:
        """The answer of git, empty where it has none."""
        return run(["git", *arguments], cwd=self._repository.root, check=False).stdout.strip()
