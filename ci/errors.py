"""The one family of errors. Every message is for the person who reads it: what, where, what to do next."""

from collections.abc import Iterable


class CiError(Exception):
    """Something the user can put right. Shown as one message without a traceback."""

    exit_code = 1


class UsageError(CiError):
    """A wrong call: an unknown name, a missing file, no repository."""

    exit_code = 2


class DefinitionError(CiError):
    """The definition is wrong; the message names file, line and key of each problem."""

    exit_code = 2


class CommandError(CiError):
    """A program that the tool needs (git, gunicorn, ...) failed; the message holds command, exit code and output."""


class MissingProgram(CommandError):
    """A program that the tool needs is not there."""


class LostMeaningError(CiError):
    """``--strict``: an engine can't say something that the definition says."""

    exit_code = 3


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The one of ``known`` that was probably meant by ``name``; None if none is near.

    ``cutoff`` says how near it has to be, from 0 to 1 (difflib).
    """
    import difflib  # only for errors

    close = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """For a message about an unknown ``name``: ``nearest`` as a question; empty if none is near."""
    meant = nearest(name, known, cutoff=cutoff)
    return f"did you mean {meant!r}?" if meant else ""
