"""Markdown that stays what it is, whatever the texts in it hold. Standard library only."""

import re

#: Rows of a table; the rest is counted.
MOST_ROWS = 50


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table of cells made by ``cell`` and ``code``; nothing without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows[:MOST_ROWS]]
    text = "\n".join(f"| {' | '.join(row)} |" for row in lines)
    more = len(rows) - MOST_ROWS
    return f"\n{text}\n" + (f"\n… and {more} more\n" if more > 0 else "")


def cell(text: str) -> str:
    """Text that stays one cell of a table and is no markup."""
    return re.sub(r"([\\`*_\[\]<>|#~&])", r"\\\1", short(text))


def code(text: str) -> str:
    """Text as code in a cell."""
    line = short(text).replace("|", "\\|").replace("`", "'")
    return f"`{line}`"


def short(text: str, longest: int = 300) -> str:
    """Text as one line that leaves room for others."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[:longest - 1]}…"
