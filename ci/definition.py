"""Read ``ci/pipeline.toml`` into the model. Every error names file, line and key, and what was probably meant."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from ci import checks, model, toml_lines
from ci.errors import DefinitionError, UsageError

FILE = "ci/pipeline.toml"

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
    "`object`": "a table", "`array`": "a list", "`str`": "a string", "`int`": "a whole number",
    "`bool`": "true or false", "`float`": "a number with a point", "`null`": "nothing",
}

StructType = TypeVar("StructType", bound=msgspec.Struct)


class Definition(msgspec.Struct, frozen=True):
    """A definition that was read: the model, and the text it came from for error messages.

    ``file`` is the path as the user should see it, relative to the root of the checkout.
    """

    pipeline: model.Pipeline
    text: str
    file: str = FILE

    def error(self, problems: Iterable[checks.Problem]) -> DefinitionError:
        """One error for all ``problems``, each with its line."""
        return _error(self.file, self.text, problems)

    def engine_options(self, engine: str, options: type[StructType]) -> StructType:
        """The table ``[target.<engine>]`` as the type of the engine's adapter.

        Raises DefinitionError for an unknown key or a wrong value.
        """
        table = self.pipeline.target.get(engine, {})
        return _convert(table, options, ("target", engine), self.file, self.text)


def load(root: Path) -> Definition:
    """The definition of the checkout at ``root``. Raises UsageError (no file) or DefinitionError."""
    try:
        data = (root / FILE).read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{FILE} is not here; run ci in a checkout of a project that has one") from None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DefinitionError(f"{FILE}:{line}: not UTF-8; save the file as UTF-8") from None
    return parse(text)


def parse(text: str, file: str = FILE) -> Definition:
    """The definition that ``text`` holds. Raises DefinitionError with every problem found."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(file, text, error) from None
    pipeline = _convert(table, model.Pipeline, (), file, text)
    problems = tuple(checks.problems(pipeline))
    if problems:
        raise _error(file, text, problems)
    return Definition(pipeline, text, file)


def _syntax_error(file: str, text: str, error: tomllib.TOMLDecodeError) -> DefinitionError:
    message, _, place = str(error).partition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", place)
    line = int(found[1]) if found else text.count("\n") + 1
    return DefinitionError(f"{file}:{line}: not valid TOML: {message[:1].lower()}{message[1:]}")


def _error(file: str, text: str, problems: Iterable[checks.Problem]) -> DefinitionError:
    table = tomllib.loads(text)
    lines = sorted((toml_lines.line_of(text, problem.path), problem) for problem in problems)
    return DefinitionError("\n".join(f"{file}:{line}: {_place(problem, table)}" for line, problem in lines))


def _place(problem: checks.Problem, table: Any) -> str:
    """A problem as people read it: ``stage "test": timeout: ...``, entries by name where they have one."""
    said = ""
    for part in problem.path:
        table = table[part] if isinstance(part, int) or part in table else {}
        if isinstance(part, str):
            said += f".{part}" if said and not said.endswith(": ") else part
        elif isinstance(table, dict):
            said += f' "{table["name"]}": ' if isinstance(table.get("name"), str) else f"[{part}]: "
        else:
            said += f"[{part}]"
    return f"{said.removesuffix(': ')}: {problem.text}" if said else problem.text


def _convert(
    table: Mapping[str, Any], kind: type[StructType], path: toml_lines.Path, file: str, text: str
) -> StructType:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise _error(file, text, [_problem(str(error), table, kind, path)]) from None


def _problem(
    message: str, table: Mapping[str, Any], kind: type[msgspec.Struct], outer: toml_lines.Path
) -> checks.Problem:
    """A message of msgspec, ``Expected `str`, got `int` - at `$.stage[0].name```, in the words of the definition."""
    said, _, where = message.partition(" - at ")
    in_key = where.startswith("`key` in ")
    steps = re.findall(r"\.([^.\[\]`]+)|\[(\d*|\.\.\.)\]", where)
    path, owner = _resolve(steps, table, kind, drop_last=in_key)
    if unknown := re.match(r"Object contains unknown field `(.*)`", said):
        key = unknown[1]
        return checks.Problem((*outer, *path, key), f"there is no key {key!r} here{_advice(key, _keys(owner))}")
    if missing := re.match(r"Object missing required field `(.*)`", said):
        return checks.Problem((*outer, *path), f"the key {missing[1]!r} is missing")
    if wrong := re.match(r"Invalid enum value '?(.*?)'?$", said):
        words = [str(word) for word in _choices(owner, path)]
        known = f"{', '.join(words)}{_meant(wrong[1], words)}"
        return checks.Problem((*outer, *path), f"{wrong[1]!r} is not one of {known}")
    return checks.Problem((*outer, *path), _plain(said))


def _resolve(
    steps: list[tuple[str, str]], table: object, kind: type[msgspec.Struct], *, drop_last: bool
) -> tuple[toml_lines.Path, type[msgspec.Struct]]:
    """The path in the definition and the type that owns its last key. msgspec writes the key of a dict as ``[...]``."""
    path: toml_lines.Path = ()
    owner = kind
    for key, index in steps:
        if index == "...":
            break
        path += (key,) if key else (int(index),)
        inner = _struct_at(owner, key) if key else None
        owner = inner or owner
    return path, owner


def _struct_at(owner: type[msgspec.Struct], key: str) -> type[msgspec.Struct] | None:
    field = next((field for field in msgspec.structs.fields(owner) if field.encode_name == key), None)
    return None if field is None else _first_struct(field.type)


def _first_struct(annotation: object) -> type[msgspec.Struct] | None:
    if isinstance(annotation, type) and issubclass(annotation, msgspec.Struct):
        return annotation
    inner = (_first_struct(argument) for argument in get_args(annotation))
    return next((struct for struct in inner if struct is not None), None)


def _keys(owner: type[msgspec.Struct]) -> list[str]:
    return [field.encode_name for field in msgspec.structs.fields(owner)]


def _choices(owner: type[msgspec.Struct], path: toml_lines.Path) -> list[str]:
    """The words that a closed set allows."""
    name = next(part for part in reversed(path) if isinstance(part, str))
    field = next(field for field in msgspec.structs.fields(owner) if field.encode_name == name)
    found: list[str] = []
    pending = [field.type]
    while pending:
        arguments = get_args(pending.pop())
        found += [argument for argument in arguments if isinstance(argument, str)]
        pending += [argument for argument in arguments if not isinstance(argument, str)]
    return found


def _advice(key: str, known: list[str]) -> str:
    if key in REFUSED:
        return f": {REFUSED[key]}"
    return _meant(key, known) or f"; there are {', '.join(sorted(known))}"


def _meant(word: str, known: list[str]) -> str:
    import difflib  # only for errors

    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {close[0]!r}?" if close else ""


def _plain(said: str) -> str:
    for word, plain in _WORDS.items():
        said = said.replace(word, plain)
    said = said.replace("matching regex", "that matches the pattern")
    return said[:1].lower() + said[1:]
