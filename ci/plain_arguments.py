"""Arguments of the commands that also run where nothing is installed. Their help and errors look as click's.

Standard library only.
"""

import shutil
import sys
import textwrap
from argparse import SUPPRESS, Action, ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from typing import NoReturn

#: As click lays it out (``click.HelpFormatter``), with the tool's own widest line.
_WIDEST, _NARROWEST, _MARGIN, _SPACING = 100, 50, 2, 2


class Parser(ArgumentParser):
    """Reads the arguments of the command ``prog``. ``description``: paragraphs; ``example``: lines as they are.

    Say in the description what the positional arguments are; the options have their own help.
    """

    def __init__(self, prog: str, *, description: str, example: str) -> None:
        super().__init__(prog=prog, description=description, epilog=example, add_help=False, allow_abbrev=False)
        self._help = self.add_argument(
            "-h", "--help", action="help", default=SUPPRESS, help="Show this message and exit."
        )

    def parse_args(self, args: Sequence[str], namespace: None = None) -> Namespace:  # type: ignore[override]
        """What ``args`` say; ends the process with exit code 2 where they are wrong."""
        found, rest = self.parse_known_args(args)
        if rest:
            is_option = rest[0].startswith("-")
            self.error(f"No such option {rest[0]!r}." if is_option else f"Got unexpected extra argument ({rest[0]})")
        return found

    def format_usage(self) -> str:
        """One line."""
        words = [str(one.metavar) for one in self._actions if not one.option_strings]
        return f"Usage: {' '.join([self.prog, '[OPTIONS]', *words])}\n"

    def format_help(self) -> str:
        """Usage, what the command does, an example, options."""
        width = max(min(shutil.get_terminal_size().columns, _WIDEST) - _MARGIN, _NARROWEST)
        blocks = [
            *(textwrap.fill(text, width, initial_indent="  ", subsequent_indent="  ") + "\n"
              for text in (self.description or "").split("\n\n")),
            textwrap.indent(self.epilog or "", "  ") + "\n",
            "Options:\n" + "".join(self._options(width)),
        ]
        return "\n".join([self.format_usage(), *blocks])

    def _options(self, width: int) -> Iterator[str]:
        options = [one for one in self._actions if one.option_strings and one is not self._help]
        terms = {_term(option): option.help or "" for option in (*options, self._help)}
        column = max(map(len, terms)) + _SPACING
        for term, text in terms.items():
            first, *more = textwrap.wrap(text, max(width - column - 2, 10))
            yield f"  {term:{column}}{first}\n"
            yield from (f"  {'':{column}}{line}\n" for line in more)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with a call, and end the process."""
        said = f"{message[:1].upper()}{message[1:]}"
        print(f"{self.format_usage()}Try '{self.prog} --help' for help.\n\nError: {said}", file=sys.stderr)
        sys.exit(2)


def _term(option: Action) -> str:
    names = ", ".join(option.option_strings)
    return f"{names} {option.metavar}" if option.metavar else names
