"""Read ``ci/pipeline.toml`` into the model. Every error names file, line and key, and what was probably meant."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from ci import checks, layout, model, toml_lines, wording
from ci.errors import DefinitionError, UsageError

FILE = layout.DEFINITION

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

    def environment_options(self, name: str, options: type[StructType]) -> StructType:
        """The table ``[environment.<name>]``, which is there, without ``target``, as the type of its target.

        Raises DefinitionError for an unknown key or a wrong value.
        """
        table = {key: value for key, value in self.pipeline.environment[name].items() if key != "target"}
        return _convert(table, options, ("environment", name), self.file, self.text)


def load(root: Path) -> Definition:
    """The definition of the checkout at ``root``. Raises UsageError (no file) or DefinitionError."""
    try:
        data = (root / FILE).read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{FILE} is not here; run ci in a checkout of a project that has one") from None
    try:
        text = data.decode("utf-8-sig")  # some editors put a mark (BOM) before the first line
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise DefinitionError(f"{FILE}:{line}: not UTF-8; save the file as UTF-8") from None
    return parse(text)


def parse(text: str, file: str = FILE) -> Definition:
    """The definition that ``text`` holds. Raises DefinitionError with every problem found."""
    try:
        pipeline = _convert(tomllib.loads(text), model.Pipeline, (), file, text)
    except RecursionError:
        raise DefinitionError(f"{file}:1: tables or lists are nested too deeply") from None
    except ValueError as error:
        raise _syntax_error(file, text, error) from None
    problems = tuple(checks.problems(pipeline))
    if problems:
        raise _error(file, text, problems)
    return Definition(pipeline, text, file)


def _syntax_error(file: str, text: str, error: ValueError) -> DefinitionError:
    """``error`` is tomllib's, or Python's for a number of thousands of digits."""
    message, _, place = str(error).partition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", place)
    line = int(found[1]) if found else text.count("\n") + 1
    return DefinitionError(f"{file}:{line}: not valid TOML: {message[:1].lower()}{message[1:]}")


def _error(file: str, text: str, problems: Iterable[checks.Problem]) -> DefinitionError:
    table, lines = tomllib.loads(text), toml_lines.lines_of(text)
    found = sorted((toml_lines.line_of(lines, problem.path), wording.place(problem, table)) for problem in problems)
    return DefinitionError("\n".join(f"{file}:{line}: {said}" for line, said in found))


def _convert(
    table: Mapping[str, Any], kind: type[StructType], path: toml_lines.Path, file: str, text: str
) -> StructType:
    try:
        return msgspec.convert(table, kind)
    except msgspec.ValidationError as error:
        raise _error(file, text, [wording.problem(str(error), table, kind, path)]) from None
