"""Questions to git about HEAD and what is before it; on an engine with what its clone left out, fetched."""

from collections.abc import Callable

from ci.bench.results import Commit
from ci.errors import CommandError, UsageError
from ci.process import git, run
from ci.runner.snapshot import Repository

#: How the commit before HEAD is called.
PARENT = "HEAD~1"

#: Seconds that fetching may take: with less history than that a job's own clone would be at its limit too.
_PATIENCE = 120.0

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
        """The id of the commit that ``name`` means. Raises UsageError if there is none."""
        found = "" if name.startswith("-") else self._commit(name) or self._whole() and self._commit(name)
        if found:
            return found
        advice = _UNSHALLOW if self._is_shallow else f"fetch it (`git fetch origin {name}`), or name another"
        raise UsageError(f"--base {name}: there is no such commit here; {advice}")

    def branch(self, name: str) -> str:
        """The ref of a branch, that of origin before the local one. Raises UsageError if it is unknown."""
        remote, local = f"refs/remotes/origin/{name}", f"refs/heads/{name}"
        refspec = f"+refs/heads/{name}:{remote}"
        for ref in (remote, local):
            if self._commit(ref):
                return ref
        if self._fetch(refspec) and self._commit(remote):
            return remote
        raise UsageError(
            f"neither origin/{name} nor {name} is known here: fetch it with `git fetch origin {refspec}`, name a commit "
            "with --base, or the right branch as default-branch in ci/pipeline.toml"
        )

    def parent(self) -> Commit | None:
        """The first parent of HEAD; None where HEAD is the first commit. Raises UsageError if it is not here."""
        if not self.parents:
            return None
        if not (self._commit(self.parents[0]) or self._whole() and self._commit(self.parents[0])):
            raise UsageError(f"the commit before HEAD, {self.parents[0][:12]}, is not here; {_UNSHALLOW}")
        return Commit(name=PARENT, id=self.parents[0])

    def common(self, ref: str, shown: str) -> str:
        """The last commit that HEAD and ``ref`` have in common. Raises UsageError if there is none here."""
        found = self._ask("merge-base", "HEAD", ref) or self._whole() and self._ask("merge-base", "HEAD", ref)
        if found:
            return found
        if self._is_shallow:
            raise UsageError(f"the commit where HEAD left {shown} is not here; {_UNSHALLOW}")
        raise UsageError(f"HEAD and {shown} have no commit in common: name the one to compare with, with --base")

    @property
    def _is_shallow(self) -> bool:
        return self._repository.shallow.exists()

    def _whole(self) -> bool:
        """Fetch what a shallow clone lacks; whether that was done."""
        return self._is_shallow and self._fetch()

    def _fetch(self, *refspecs: str) -> bool:
        """Fetch the ``refspecs`` (those of the clone, if none) with all that is before them; whether that was done."""
        if not self._may_fetch:
            return False
        depth = ["--unshallow"] if self._is_shallow else []
        command = ["fetch", "--quiet", "--no-tags", "--no-recurse-submodules", *depth, "origin", *refspecs]
        self._say(f"what this clone lacks is fetched: git {' '.join(command)}")
        try:
            git(*command, cwd=self._repository.root, timeout=_PATIENCE)
        except CommandError as error:
            self._say(str(error))
            return False
        return True

    def _commit(self, name: str) -> str:
        return self._ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def _ask(self, *arguments: str) -> str:
        """The answer of git, empty where it has none."""
        return run(["git", *arguments], cwd=self._repository.root, check=False).stdout.strip()
