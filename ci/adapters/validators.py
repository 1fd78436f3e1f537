"""What checks generated files: programs that may be installed or not, and rules that are Python.

An adapter that offers ``validators() -> tuple[Validator, ...]`` takes part in ``ci check``.
"""

import importlib.util
import shlex
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from ci import process

#: Seconds that one validator may take.
PATIENCE = 120


class Validator(Struct, frozen=True):
    """One way to check an engine's files.

    ``check`` takes a folder that holds the generated files and nothing else, as in a checkout, and returns findings,
    each one text; none if all is well. ``missing`` returns what has to be installed first, as a command or in words,
    or "" where the validator can run. ``in_process``: it starts no program, so that tests can run it often.
    """

    name: str
    check: Callable[[Path], list[str]]
    missing: Callable[[], str]
    in_process: bool = False


def program(name: str, *arguments: str, install: str, files: str = "", title: str = "") -> Validator:
    """A program on PATH that ends with 0 when all is well, and else says on its output what is wrong.

    ``files`` is a pattern: those files are added to the arguments; where none fits there is nothing to check.
    ``install`` is the command that installs it, ``title`` what people see in place of the command.
    """

    def check(folder: Path) -> list[str]:
        found = sorted(path.relative_to(folder).as_posix() for path in folder.glob(files)) if files else []
        if files and not found:
            return []
        ended = process.run([name, *arguments, *found], cwd=folder, check=False, timeout=PATIENCE)
        said = (ended.stdout + ended.stderr).strip()
        return [] if ended.exit_code == 0 else [said or f"ended with exit code {ended.exit_code}"]

    return Validator(title or shlex.join([name, *arguments]), check, lambda: "" if shutil.which(name) else install)


def rules(
    problems: Callable[[Mapping[str, str]], list[str]], *, name: str = "rules of ci", packages: Mapping[str, str] = {}
) -> Validator:
    """Rules in Python over the texts of the files, by path. ``packages``: module that they need = how to install it."""

    def check(folder: Path) -> list[str]:
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return problems({path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths})

    def missing() -> str:
        return "; ".join(how for module, how in packages.items() if importlib.util.find_spec(module) is None)

    return Validator(name, check, missing, in_process=True)
