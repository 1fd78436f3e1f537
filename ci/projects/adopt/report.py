"""What ``ci adopt`` tells people: what it found, what it writes, what it left alone."""

import textwrap
from collections.abc import Iterable, Iterator

from ci.projects.adopt.findings import Remark
from ci.projects.adopt.survey import Survey
from ci.visible import one_line

#: Columns.
WIDTH = 100


def report(found: Survey, writes: Iterable[str], *, more: Iterable[Remark] = ()) -> str:
    """Plain lines of at most 100 columns. ``writes`` says what is done to each file, ``more`` adds to the remarks."""
    parts = [("Found", list(_found(found))), ("Writes", [f"  {line}" for line in writes])]
    remarks = list(dict.fromkeys((*found.remarks, *more)))
    parts.append(("Not taken over", [line for remark in remarks for line in _remark(remark)]))
    return "\n\n".join("\n".join([head, *lines]) for head, lines in parts if lines) + "\n"


def _found(found: Survey) -> Iterator[str]:
    versions = ", ".join(found.pythons.matrix) or found.pythons.default
    where = f" in {found.folder}" if found.folder else ""
    yield from _wrapped(f"{found.name}{where}, for Python {versions}", indent="  ")
    by_file: dict[str, list[str]] = {}
    for one in dict.fromkeys(found.found):
        by_file.setdefault(one.file, []).append(one.what)
    width = max(map(len, by_file), default=0)
    for file, what in by_file.items():
        yield from _wrapped(f"{file:{min(width, 40)}}  {', '.join(what)}", indent="  ")
    if not found.tests and not (found.automation and found.automation.tests):
        yield "  no tests"


def _remark(remark: Remark) -> Iterator[str]:
    yield from _wrapped(f"{remark.subject}: {remark.reason}", indent="  ")
    yield from _wrapped(f"-> {remark.advice}", indent="     ")


def _wrapped(text: str, *, indent: str) -> list[str]:
    return textwrap.wrap(
        one_line(text), WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", drop_whitespace=True,
        break_on_hyphens=False,
    )
