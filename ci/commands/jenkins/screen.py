"""What the commands write: lines in colour where that is wanted, JSON, and a progress line on a terminal."""

import os
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, TextIO

import click

from ci.visible import one_line

#: Columns where there is no terminal whose width counts.
_WIDE = 1_000
_IN_ASCII = str.maketrans("✓✗●…█░─", "+x*.#:-")


class Line(NamedTuple):
    """A line of text and the colour (or ``bold``, ``dim``) that it has where colours are shown."""

    text: str
    style: str = ""


def show(lines: Iterable[Line | str], *, file: TextIO | None = None) -> None:
    """Write lines to ``file`` (default: standard output)."""
    stream = file or sys.stdout
    coloured = is_lively(stream) and not os.environ.get("NO_COLOR")
    for line in lines:
        text, style = (line, "") if isinstance(line, str) else line
        text = encodable(text, stream)
        click.echo(_styled(text, style) if style and coloured else text, file=stream, color=coloured)


def show_json(value: object) -> None:
    """Write a command's whole result to standard output."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


def file_name(path: Path) -> str:
    """A path as text for JSON; bytes in it that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode(errors="replace")


def encodable(text: str, stream: TextIO) -> str:
    """Text that ``stream`` can take; marks and bars become ASCII, other letters that it lacks question marks."""
    encoding = stream.encoding or "utf-8"
    try:
        text.encode(encoding)
        return text
    except UnicodeEncodeError:
        return text.translate(_IN_ASCII).encode(encoding, errors="replace").decode(encoding)


def is_lively(stream: TextIO) -> bool:
    """Whether ``stream`` is a terminal on which a line can be written over."""
    return stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def width(stream: TextIO) -> int:
    """How many columns a picture may take."""
    return shutil.get_terminal_size((80, 24)).columns if stream.isatty() else _WIDE


def cells(text: str) -> int:
    """How many columns ``text`` takes: wide letters two, combining marks none (Unicode Standard Annex 11)."""
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def shortened(text: str, columns: int) -> str:
    """``text``, or its beginning and an ellipsis, in at most so many columns."""
    taken, kept = 0, 0
    for count, letter in enumerate(text):
        taken += cells(letter)
        if taken > columns:
            return f"{text[:kept]}…"
        if taken < columns:
            kept = count + 1
    return text


def padded(text: str, columns: int) -> str:
    """``text`` and as many blanks as make so many columns of it."""
    return text + " " * (columns - cells(text))


def plain(text: str) -> str:
    """One line of what a server said, without anything that a terminal would take for a command."""
    return one_line(re.sub(r"\x1b\[[0-9;:?]*[ -/]*[@-~]", "", text)).strip()


def table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Rows as columns of text."""
    rows = list(rows)
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(padded, row, widths)).rstrip() for row in rows]


def _styled(text: str, style: str) -> str:
    if style in ("bold", "dim"):
        return click.style(text, bold=style == "bold", dim=style == "dim")
    return click.style(text, fg=style)


class Progress:
    """One line on standard error, written over and over; nothing where that is no terminal.

    Leave it with ``with``: the line is gone then.
    """

    def __init__(self) -> None:
        self.shown = is_lively(sys.stderr)
        self._drawn = False

    def update(self, text: str) -> None:
        """Write ``text`` over the line."""
        if self.shown:
            line = encodable(shortened(plain(text), width(sys.stderr) - 1), sys.stderr)
            click.echo(f"\r{line}\x1b[K", nl=False, err=True, color=True)
            self._drawn = True

    def keep(self, lines: Iterable[Line | str]) -> None:
        """Write lines that stay, above the line; only on a terminal."""
        if self.shown:
            self.clear()
            show(lines, file=sys.stderr)

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            click.echo("\r\x1b[K", nl=False, err=True, color=True)
            self._drawn = False

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *_error: object) -> None:
        self.clear()
