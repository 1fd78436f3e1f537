"""Values as Python source that a careful person would write."""

import re
from collections.abc import Mapping
from typing import Any

from ci.visible import HIDDEN

_LONGEST_LINE = 100


def literal(text: str) -> str:
    """``text`` as a string literal on one line. A fixed rule: ``repr`` follows the Python version."""
    quote = "'" if '"' in text and "'" not in text else '"'
    for letter, escape in (("\\", r"\\"), (quote, f"\\{quote}"), ("\n", r"\n"), ("\r", r"\r"), ("\t", r"\t")):
        text = text.replace(letter, escape)
    return quote + HIDDEN.sub(_escape, text) + quote


def _escape(letter: Any) -> str:
    number = ord(letter[0])
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def assignment(name: str, value: Any) -> str:
    """``NAME = value``."""
    return f"{name} = {source(value)}"


def source(value: Any, indent: str = "") -> str:
    """A value of texts, numbers, tuples and mappings as an expression whose further lines are indented by ``indent``.

    A text of several lines is one literal for each line, side by side.
    """
    if isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, Mapping):
        pairs = [f"{literal(key)}: {source(entry, indent + '    ')}" for key, entry in value.items()]
        return _listed("{", pairs, "}", indent)
    if isinstance(value, tuple):
        entries = [source(entry, indent + "    ") for entry in value]
        return _listed("(", entries, ",)" if len(entries) == 1 else ")", indent)
    return repr(value)


def _text(text: str, indent: str) -> str:
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    if len(lines) < 2:
        return literal(text)
    inner = "".join(f"\n{indent}    {literal(line)}" for line in lines)
    return f"({inner}\n{indent})"


def _listed(begin: str, entries: list[str], end: str, indent: str) -> str:
    on_one_line = begin + ", ".join(entries) + end
    if "\n" not in on_one_line and len(indent) + len(on_one_line) <= _LONGEST_LINE:
        return on_one_line
    inner = "".join(f"\n{indent}    {entry}," for entry in entries)
    return f"{begin}{inner}\n{indent}{end[-1]}"
