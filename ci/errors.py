"""The one family of errors. Every message is for the person who reads it: what, where, what to do next."""


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


class LostMeaningError(CiError):
    """``--strict``: an engine can't say something that the definition says."""

    exit_code = 3
