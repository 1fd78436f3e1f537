"""Why git can't answer for a folder: one wording for every command that works on a commit."""

from pathlib import Path

from ci.errors import CommandError, MissingProgram, UsageError
from ci.process import run


def unusable(root: Path, error: CommandError) -> UsageError:
    """What to tell people where git ended with ``error`` when it was asked for the commit that ``root`` is at."""
    if isinstance(error, MissingProgram):
        return UsageError(f"{error}: install it, then run the same command again")
    inside = run(["git", "rev-parse", "--is-inside-work-tree"], cwd=root, check=False)
    if inside.exit_code:
        return UsageError(
            f"{root} is no git repository that can be read. What is checked, measured and released is a commit: "
            f"`git init`, `git add .` and `git commit` make one.\n  git: {inside.stderr.strip()}"
        )
    if inside.stdout.strip() == "false":
        return UsageError(f"{root} is a bare repository, without files: run ci in a clone of it")
    if run(["git", "rev-parse", "--verify", "--quiet", "HEAD^{commit}"], cwd=root, check=False).exit_code:
        return UsageError(f"{root} has no commit yet: make one with `git add .` and `git commit`, then run again")
    return UsageError(f"{root} can't be read: {error}")
