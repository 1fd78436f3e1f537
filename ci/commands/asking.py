"""Questions on a terminal, each of which an option can answer before it is asked."""

import sys
from collections.abc import Callable
from typing import TypeVar

import click

from ci.errors import UsageError

Answer = TypeVar("Answer")


class Asking:
    """Asks. Where there is no terminal, or with ``--yes``, what was suggested is the answer."""

    def __init__(self, *, yes: bool) -> None:
        self._is_possible = not yes and sys.stdin.isatty() and sys.stdout.isatty()

    def answer(self, question: str, given: str | None, suggested: str, read: Callable[[str], Answer]) -> Answer:
        """What an option has ``given``, else what is answered; asked again until ``read`` accepts it.

        Raises UsageError for something that was given or suggested, and is no answer.
        """
        if given is not None:
            return read(given)
        while self._is_possible:
            try:
                return read(click.prompt(question, default=suggested))
            except UsageError as error:
                click.echo(str(error), err=True)
        return read(suggested)

    def agrees(self, question: str) -> bool:
        """Whether the user does."""
        return not self._is_possible or click.confirm(question, default=True)
