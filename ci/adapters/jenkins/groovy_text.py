"""Text as Groovy source that a careful person would write: literals, comments, blocks.

Only single quotes are used: between double quotes Groovy would replace ``$name`` before the shell sees it.
"""

import re
from collections.abc import Iterable

from ci.visible import HIDDEN

_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INDENT = "    "

#: Words that Groovy 2.4 does not take as the name of a variable.
KEYWORDS = frozenset(
    "abstract as assert boolean break byte case catch char class const continue def default do double else enum extends"
    " false final finally float for goto if implements import in instanceof int interface long native new null package"
    " private protected public return short static strictfp super switch synchronized this threadsafe throw throws"
    " transient true try void volatile while".split()
)


def literal(text: str) -> str:
    """``text`` as a string literal on one line."""
    return "'" + "".join("\\'" if letter == "'" else _letter(letter) for letter in text) + "'"


def script(text: str) -> str:
    """``text`` as a string literal that keeps its lines, where that is possible.

    The backslash after the opening quotes ends the line without being a part of the text. White space at the end of a
    line would not survive an editor, so it is written as escapes on one line.
    """
    if "\n" not in text or re.search(r"[ \t](\n|$)", text):
        return literal(text)
    lines = "\n".join("".join(_letter(letter, tab="\t") for letter in line) for line in text.split("\n"))
    quoted = re.sub(r"'{3,}|'+$", lambda quotes: quotes[0].replace("'", "\\'"), lines)
    return f"'''\\\n{quoted}'''"


def _letter(letter: str, *, tab: str = "\\t") -> str:
    if letter == "\t":
        return tab
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    return _unicode_escape(letter) if HIDDEN.match(letter) else letter


def _unicode_escape(letter: str) -> str:
    """The escape of each UTF-16 unit."""
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[start:start + 4]}" for start in range(0, len(units), 4))


def comment(text: str) -> str:
    """One line as a comment. Groovy reads ``\\u`` in comments too, so backslashes are doubled."""
    return f"// {text}".rstrip().replace("\\", "\\\\")


def block(head: str, body: Iterable[str]) -> list[str]:
    """The lines of ``head { body }``; nothing where the body is empty."""
    lines = list(body)
    return [f"{head} {{", *indented(lines), "}"] if lines else []


def inline(head: str, body: str) -> str:
    """``head { body }`` on one line."""
    return f"{head} {{ {body} }}"


def indented(lines: Iterable[str]) -> list[str]:
    """Lines one level deeper. A literal over several lines is one entry, so that its text stays as it is."""
    return [_INDENT + line for line in lines]
