"""Write YAML that people read: comments at line ends, blank lines between entries, every text back unchanged.

A text stands plain only where YAML 1.1 and 1.2 both read it as that text, as a literal block where it has several clean
lines, and else in double quotes with escapes (YAML 1.2.2, sections 5.7, 7.3 and 8.1). Lines are never folded.
PyYAML writes no comments and costs 30 ms to import.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard, Union

from msgspec import Struct

from ci.visible import HIDDEN

Value = Union[str, int, None, Sequence["Value"], Mapping[str, "Value"], "Remarked"]


class Remarked(Struct, frozen=True):
    """A value of one line with a comment behind it."""

    value: str | int
    comment: str


class Plain(str):
    """A text that is written as it is, although it may be read as something else (the key ``on``)."""


class Spaced(dict[str, Value]):
    """A mapping whose entries are parted by blank lines."""


#: Columns that a list on one line may reach.
_WIDTH = 100

_WORDS = r"(?:y|n|yes|no|on|off|true|false|null)"
_PLAIN = re.compile(rf"(?!{_WORDS}$)(?:~/|[a-z_/$])(?:[!-~]|[ ](?!#)|[^\x00-\xff])*", re.IGNORECASE)
_PLAIN_IN_LIST = re.compile(rf"(?!{_WORDS}$)[a-z_/][\w./@-]*", re.IGNORECASE | re.ASCII)

_ESCAPES = {'"': r"\"", "\\": r"\\", "\n": r"\n", "\t": r"\t", "\r": r"\r"}


def document(header: Sequence[str], content: Mapping[str, Value]) -> str:
    """A whole YAML file: ``header`` as comment lines, then ``content``. A key holds at most 1000 characters (8.2.2)."""
    return "".join(f"{line}\n" for line in [*(f"# {line}".rstrip() for line in header), *_mapping(content, "")])


def _mapping(content: Mapping[str, Value], indent: str) -> Iterator[str]:
    for number, (key, value) in enumerate(content.items()):
        if number and isinstance(content, Spaced):
            yield ""
        yield from _entry(f"{indent}{scalar(key)}:", value, indent)


def _entry(start: str, value: Value, indent: str) -> Iterator[str]:
    """The lines of one key: what fits behind it, or what stands deeper below."""
    if isinstance(value, Mapping) and value:
        yield start
        yield from _mapping(value, f"{indent}  ")
    elif _is_list(value) and not _fits(start, value):
        yield start
        yield from _list(value, f"{indent}  ")
    elif isinstance(value, str) and _is_clean_block(value):
        yield f"{start} |" if value.endswith("\n") else f"{start} |-"
        yield from (f"{indent}  {line}" if line else "" for line in value.removesuffix("\n").split("\n"))
    else:
        yield f"{start} {_inline(value)}".rstrip(" ")


def _list(values: Sequence[Value], indent: str) -> Iterator[str]:
    for value in values:
        if isinstance(value, Mapping) and value:
            lines = _mapping(value, f"{indent}  ")
            yield f"{indent}- {next(lines).lstrip(' ')}"
            yield from lines
        else:
            yield from _entry(f"{indent}-", value, indent)


def _inline(value: Value) -> str:
    """A value behind its key, on one line."""
    if isinstance(value, Remarked):
        return f"{_inline(value.value)} # {value.comment}"
    if isinstance(value, Mapping):
        return "{}"
    if _is_list(value):
        return f"[{', '.join(_inline_entry(entry) for entry in value)}]"
    return "" if value is None else scalar(value) if isinstance(value, str) else _number(value)


def _inline_entry(value: Value) -> str:
    if not isinstance(value, str):
        return _inline(value)
    return value if _PLAIN_IN_LIST.fullmatch(value) else _quoted(value)


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _fits(start: str, values: Sequence[Value]) -> bool:
    simple = all(isinstance(value, (str, int)) for value in values)
    return simple and len(start) + len(_inline(values)) < _WIDTH


def _number(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def scalar(text: str) -> str:
    """A text on one line: plain where that is safe, else in double quotes."""
    if isinstance(text, Plain) or _is_plain(text):
        return str(text)
    return _quoted(text)


def _is_plain(text: str) -> bool:
    safe = _PLAIN.fullmatch(text) and not HIDDEN.search(text)
    return bool(safe) and ": " not in text and not text.endswith((":", " "))


def _is_clean_block(text: str) -> bool:
    """Several lines that a reader sees as they are: no hidden characters, no blanks at the ends of the text's lines."""
    lines = text.removesuffix("\n").split("\n")
    visible = not HIDDEN.search(text.replace("\n", "").replace("\t", ""))
    clean = all(not line.endswith((" ", "\t")) for line in lines) and lines[-1] != ""
    first = next((line for line in lines if line), "")
    return "\n" in text and visible and clean and not first.startswith((" ", "\t"))


def _quoted(text: str) -> str:
    return '"' + re.sub(rf'["\\]|{HIDDEN.pattern}', lambda found: _escape(found[0]), text) + '"'


def _escape(letter: str) -> str:
    code = ord(letter)
    number = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return _ESCAPES.get(letter, number)
