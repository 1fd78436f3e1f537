"""Names that people mix up: commands with jobs, options of other tools with a job's name."""

import os
import shlex
from collections.abc import Sequence

import click

from ci.commands import find_root, load
from ci.errors import CiError, UsageError, nearest


class Group(click.Group):
    """Commands; for a name that is none, the command that was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that ``args`` begins with. Raises UsageError if there is none of that name."""
        name = args[0]
        is_completed = ctx.resilient_parsing  # by the shell, which shows no errors
        if not is_completed and not name.startswith("-") and self.get_command(ctx, name) is None:
            raise UsageError(f"there is no command {name!r}; {self._advice(ctx, name)}")
        return super().resolve_command(ctx, args)

    def _advice(self, ctx: click.Context, name: str) -> str:
        called = ctx.command_path
        known = {command: f"{called} {command}" for command in self.list_commands(ctx)}
        if ctx.parent is None:
            known = {**{job: f"{called} run {shlex.quote(job)}" for job in _job_names()}, **known}
        meant = nearest(name, known)
        return f"did you mean `{known[meant]}`?" if meant else f"`{called} --help` lists them"


class JobsCommand(click.Command):
    """A command whose arguments are NAMEs of jobs; behind ``--``, arguments for a command of theirs.

    Those are its parameter ``arguments``.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read ``args``. Raises UsageError for an option that there is not, in whose place a job is named."""
        own, arguments = _parted(args)
        ctx.params["arguments"] = arguments
        words = [part for word in own for part in word.lstrip("-").split("=")]
        try:
            return super().parse_args(ctx, own)
        except click.NoSuchOption as error:
            if named := [word for word in words if word in _job_names()]:
                meant = f"{ctx.command_path} {shlex.join(named)}"
                raise UsageError(f"there is no option {error.option_name!r}; did you mean `{meant}`?") from None
            raise

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What stands in the usage line."""
        return [*super().collect_usage_pieces(ctx), "[-- ARGUMENT...]"]


def _parted(args: Sequence[str]) -> tuple[list[str], tuple[str, ...]]:
    """What stands in front of the first ``--``, and behind it: there whatever is no UTF-8 as surrogates (PEP 383)."""
    words = list(args)
    end = words.index("--") if "--" in words else len(words)
    return words[:end], tuple(os.fsencode(word).decode(errors="surrogateescape") for word in words[end + 1:])


def _job_names() -> tuple[str, ...]:
    """Everything that `ci run` takes as a name; nothing where there is no valid definition."""
    try:
        return load(find_root())[1].names
    except CiError:
        return ()
