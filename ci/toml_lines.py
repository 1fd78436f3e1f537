"""Where in a TOML file a value stands. ``tomllib`` keeps no positions, so they are found again for error messages."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence

Path = tuple[str | int, ...]


def lines_of(text: str) -> dict[Path, int]:
    """The line (from 1) of every table, list entry and value of a TOML document that parses."""
    found: dict[Path, int] = {}
    for path, line in _lines(text):
        found.setdefault(path, line)  # a table's header stands before its keys
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of ``path``; where it isn't written down (a missing key), that of the nearest table around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _lines(text: str) -> Iterator[tuple[Path, int]]:
    table: Path = ()
    sizes: dict[Path, int] = {}
    for number, statement, parsed in _statements(text):
        if statement.lstrip().startswith("["):
            table = _header(parsed, sizes)
            yield table, number
        else:
            yield from _assigned(parsed, table, number, statement)


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, object]]]:
    """Cut the text into headers and ``key = value`` statements, each with its first line and what it says.

    A statement ends where what was read since the last one parses by itself.
    """
    start, held = 1, ""
    for number, line in enumerate(text.split("\n"), start=1):
        held += line + "\n"
        try:
            parsed = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue
        if parsed:
            yield start, held, parsed
        start, held = number + 1, ""


def _header(parsed: Mapping[str, object], sizes: dict[Path, int]) -> Path:
    """The path of a ``[table]`` or ``[[list]]`` header: lists of tables go on at their newest entry.

    ``sizes`` counts the entries of each list so far.
    """
    path: Path = ()
    value: object = parsed
    while isinstance(value, Mapping) and value:
        key, value = next(iter(value.items()))
        path += (key,)
        if isinstance(value, list):
            sizes[path] = sizes.get(path, 0) + 1
            value = value[0]
        if path in sizes:
            path += (sizes[path] - 1,)
    return path


def _assigned(value: object, path: Path, line: int, statement: str) -> Iterator[tuple[Path, int]]:
    """What one ``key = value`` holds. Only a list can have its entries on several lines."""
    if isinstance(value, list):
        yield path, line
        for index, (inner, offset) in enumerate(zip(value, _entry_lines(statement, value), strict=True)):
            yield from _inner(inner, (*path, index), line + offset)
    elif isinstance(value, Mapping) and len(value) == 1:
        if path:
            yield path, line
        key, inner = next(iter(value.items()))
        yield from _assigned(inner, (*path, key), line, statement)
    else:
        yield from _inner(value, path, line)


def _inner(value: object, path: Path, line: int) -> Iterator[tuple[Path, int]]:
    """A value and all below it, on one line."""
    yield path, line
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _inner(inner, (*path, key), line)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _inner(inner, (*path, index), line)


def _entry_lines(statement: str, values: Sequence[object]) -> list[int]:
    """How many lines of the list come before each of its entries.

    A line ends an entry where a closing bracket after it makes a list of what was read since the last end.
    """
    found: list[int] = []
    held, start, head = "", 0, ""
    for number, line in enumerate(statement.split("\n")):
        if not held and not _holds_value(line):
            continue
        start = start if held else number
        held += line + "\n"
        try:
            read: object = tomllib.loads(f"{head}{held}]")
        except tomllib.TOMLDecodeError:
            continue
        while isinstance(read, Mapping):  # the keys of the list
            (read,) = read.values()
        found += [start] * len(read) if isinstance(read, list) else []
        held, head = "", "list = ["
    return found + [start] * (len(values) - len(found))


def _holds_value(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
