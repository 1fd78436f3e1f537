"""Where in a TOML file a value stands. ``tomllib`` keeps no positions, so they are found again for error messages."""

import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of the value at ``path`` in a TOML document that parses.

    Where the value itself isn't written down (a missing key), the line of the nearest table around it.
    """
    lines = dict(_lines(text))
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _lines(text: str) -> Iterator[tuple[Path, int]]:
    """Each path of the document with its line; the first one counts, as a table's header stands before its keys."""
    table: Path = ()
    seen: dict[Path, int] = {}
    for number, statement in _statements(text):
        if statement.lstrip().startswith("["):
            table = _header(tomllib.loads(statement), seen)
            found: Iterator[tuple[Path, int]] = iter([(table, number)])
        else:
            found = _values(tomllib.loads(statement), table, number, statement)
        for path, line in found:
            if path not in seen:
                seen[path] = line
                yield path, line


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Cut the text into headers and ``key = value`` statements, each with its first line.

    A statement ends where what was read since the last one parses by itself.
    """
    start, held = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        held += line + "\n"
        try:
            parsed = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue
        if parsed or not held.strip():
            yield start, held
        start, held = number + 1, ""


def _header(parsed: Mapping[str, object], seen: Mapping[Path, int]) -> Path:
    """The path of a ``[table]`` or ``[[list]]`` header: lists of tables go on at their newest entry."""
    path: Path = ()
    value: object = parsed
    while isinstance(value, Mapping) and value:
        key, value = next(iter(value.items()))
        path += (key,)
        newest = _entries(path, seen)
        if isinstance(value, list):
            path += (newest,)
            value = value[0]
        elif newest:
            path += (newest - 1,)
    return path


def _entries(path: Path, seen: Mapping[Path, int]) -> int:
    count = 0
    while (*path, count) in seen:
        count += 1
    return count


def _values(value: object, path: Path, line: int, statement: str) -> Iterator[tuple[Path, int]]:
    if path:
        yield path, line
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, (*path, key), line, statement)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _values(inner, (*path, index), line + _lines_before(statement, index), statement)


def _lines_before(statement: str, index: int) -> int:
    """How many lines of a list over several lines come before its entry ``index``.

    The entries before it are complete at the first line after which a closing bracket makes a list of that many.
    """
    lines = statement.split("\n")
    for count in range(1, len(lines)):
        try:
            (value,) = tomllib.loads("\n".join(lines[:count]) + "\n]").values()
        except (tomllib.TOMLDecodeError, ValueError):
            continue
        if len(value) > index:
            return count - 1
        if len(value) == index:
            return next(number for number in range(count, len(lines)) if _holds_value(lines[number]))
    return 0


def _holds_value(line: str) -> bool:
    return not line.isspace() and not line.lstrip().startswith("#") and line != ""
