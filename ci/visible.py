"""Which letters a reader of a generated file can see; the others are escaped or left out there."""

import re

#: Control characters, spaces that can't be told from a blank, marks that change the direction of a text, code points
#: that are none. A fixed list: ``str.isprintable`` follows the Python version, and so would the generated files.
HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff\ufff0-\uffff"
    "\U000e0000-\U0010ffff]"
)


#: Sequences that colour a terminal, move its cursor or set its title (ECMA-48, 5.4 and 8.3.89).
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]")


def one_line(text: str) -> str:
    """``text`` as one line for a comment or a label: every hidden letter becomes a blank."""
    return HIDDEN.sub(" ", text)
