"""What is wrong with a definition, in its own words: msgspec's messages and paths as people read them."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import msgspec

from ci.checks import Problem
from ci.errors import did_you_mean
from ci.toml_lines import Path

#: Keys that other tools have and version 1 leaves out on purpose (no engine-independent meaning).
REFUSED = {
    "needs": "stages run in order: put the job into a later stage",
    "services": "start the server in a command of the job",
    "outputs": "hand results on as an artifact",
    "paths": "not every engine can choose by changed files",
    "shell": "every command runs in POSIX sh",
    "if": "use `when`",
}

_WORDS = {
    "object": "a table", "array": "a list", "str": "a string", "int": "a whole number", "bool": "true or false",
    "float": "a number with a point", "date": "a date", "datetime": "a date", "time": "a time of day",
}

_LONGEST_SHOWN = 60


def place(problem: Problem, table: object) -> str:
    """A problem with where it is: ``stage "test": timeout: ...``, entries by name where they have one."""
    said = ""
    for part in problem.path:
        table = _below(table, part)
        if isinstance(part, str):
            key = part if re.fullmatch(r"[\w-]+", part, re.ASCII) else json.dumps(part, ensure_ascii=False)
            said += f".{key}" if said and not said.endswith(": ") else key
        elif isinstance(table, dict):
            said += f" {_name(table)}: " if _name(table) else f"[{part}]: "
        else:
            said += f"[{part}]"
    return f"{said.removesuffix(': ')}: {problem.text}" if said else problem.text


def _below(value: object, part: str | int) -> object:
    """The value at a key or an index; None where there is none."""
    if isinstance(value, dict):
        return value.get(part)
    return value[part] if isinstance(value, list) and isinstance(part, int) and part < len(value) else None


def _name(table: Mapping[str, object]) -> str:
    name = table.get("name")
    good = isinstance(name, str) and name.isprintable() and len(name) <= _LONGEST_SHOWN
    return json.dumps(name, ensure_ascii=False) if good else ""


def problem(message: str, table: Mapping[str, Any], kind: type[msgspec.Struct], outer: Path) -> Problem:
    """What msgspec says of ``table``, as ``Expected `str`, got `int` - at `$.stage[0].name```.

    ``outer`` is the path of ``table`` in the definition, ``kind`` the type it should have.
    """
    found = re.fullmatch(r"(.*?)(?: - at `(key` in `)?(\$[^`]*)`)?", message, re.DOTALL)
    assert found, "the pattern fits every text"
    said, in_key, where = found[1], bool(found[2]), found[3] or "$"
    path, owner = _resolve(f"{where}[...]" if in_key else where, table, kind, message)
    here = (*outer, *path)
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", said, re.DOTALL):
        key = unknown[1]
        return Problem((*here, key), f"there is no key {_shown(key)} here{_advice(key, _keys(owner))}")
    if missing := re.match(r"Object missing required field `(.*)`", said):
        return Problem(here, f"the key {missing[1]!r} is missing")
    value: object = table
    for part in path:
        value = _below(value, part)
    if said.startswith("Invalid enum value"):
        words = _choices(owner, path)
        return Problem(here, f"{_shown(value)} is not one of {', '.join(words)}{_meant(str(value), words)}")
    return Problem(here, _plain(said, path[-1] if in_key else value, kind))


def _resolve(
    where: str, table: Mapping[str, Any], kind: type[msgspec.Struct], message: str
) -> tuple[Path, type[msgspec.Struct]]:
    """The path that msgspec means by ``where``, and the type that owns its last key."""
    path: Path = ()
    owner = kind
    value: Any = table
    for key, index in re.findall(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]", where):
        part = _wrong_key(table, path, value, kind, message) if index == "..." else key or int(index)
        if _below(value, part) is None:
            break
        path, value = (*path, part), _below(value, part)
        owner = _struct_at(owner, key) or owner
    return path, owner


def _wrong_key(
    table: Mapping[str, Any], path: Path, value: Mapping[str, Any], kind: type[msgspec.Struct], message: str
) -> str:
    """The key that msgspec hides behind ``[...]``: the one that alone brings about the same message."""
    for key in value:
        try:
            msgspec.convert(_with(table, path, {key: value[key]}), kind)
        except msgspec.ValidationError as error:
            if str(error) == message:
                return key
    return ""


def _with(table: Any, path: Path, value: object) -> Any:
    """A copy of ``table`` with another value at ``path``."""
    if not path:
        return value
    inner = _with(table[path[0]], path[1:], value)
    if isinstance(table, list):
        return [inner if index == path[0] else entry for index, entry in enumerate(table)]
    return {**table, path[0]: inner}


def _struct_at(owner: type[msgspec.Struct], key: str) -> type[msgspec.Struct] | None:
    field = next((field for field in msgspec.structs.fields(owner) if field.encode_name == key), None)
    return next((found for found in _types(field.type) if _is_struct(found)), None) if field else None


def _is_struct(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, msgspec.Struct)


def _types(annotation: object) -> Iterator[Any]:
    """An annotation and everything it is made of."""
    yield annotation
    for argument in get_args(annotation):
        yield from _types(argument)


def _keys(owner: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(owner)]


def _choices(owner: type[msgspec.Struct], path: Path) -> list[str]:
    """The words that a closed set allows."""
    name = next(part for part in reversed(path) if isinstance(part, str))
    field = next(field for field in msgspec.structs.fields(owner) if field.encode_name == name)
    return [str(found) for found in _types(field.type) if isinstance(found, (str, int))]


def _advice(key: str, known: list[str]) -> str:
    if key in REFUSED:
        return f": {REFUSED[key]}"
    return _meant(key, known) or f"; there are {', '.join(sorted(known))}"


def _meant(word: str, known: list[str]) -> str:
    meant = did_you_mean(word, known)
    return f"; {meant}" if meant else ""


def _plain(said: str, value: object, kind: type[msgspec.Struct]) -> str:
    if pattern := re.match(r"Expected `str` matching regex (.*)", said):
        for description in _descriptions(kind, pattern[1]):
            return f"{_shown(value)} is not {description[0].lower()}{description[1:].removesuffix('.')}"
    if long := re.match(r"Expected `str` of length <= (\d+)", said):
        return f"is too long: at most {long[1]} characters"
    if said == "Expected `array` of length >= 1":
        return "must not be empty"
    advice = _written(said, value)
    said = re.sub(r"`([\w| ]+)`", lambda found: _kinds(found[1]), said)
    return said[:1].lower() + said[1:] + advice


def _written(said: str, value: object) -> str:
    """How to write the two values that people get wrong most: one word in place of a list, a number without quotes."""
    if said.startswith("Expected `array`") and isinstance(value, str) and len(value) <= _LONGEST_SHOWN:
        return f"; write [{json.dumps(value, ensure_ascii=False)}]"
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if re.match("Expected `[a-z |]*str[`, ]", said) and is_number:
        return "; write it in quotes"
    return ""


def _kinds(said: str) -> str:
    return " or ".join(_WORDS.get(kind, kind) for kind in said.split(" | ") if kind != "null")


def _descriptions(kind: type[msgspec.Struct], pattern: str) -> Iterator[str]:
    """What the types of ``kind`` say of the texts that fit ``pattern`` (written as Python source)."""
    for field in msgspec.structs.fields(kind):
        for found in _types(field.type):
            if isinstance(found, msgspec.Meta) and repr(found.pattern) == pattern and found.description:
                yield found.description
            elif _is_struct(found):
                yield from _descriptions(found, pattern)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
