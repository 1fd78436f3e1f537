"""The configuration of a project: pyproject.toml, setup.py, the INI files. What can't be read is named."""

import configparser
import tomllib
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from ci.projects.adopt import setup_py
from ci.projects.adopt.findings import Remark
from ci.projects.adopt.tree import Tree

PYPROJECT = "pyproject.toml"
INI_FILES = ("setup.cfg", "tox.ini", "pytest.ini", ".pytest.ini", ".flake8", "mypy.ini", ".mypy.ini", ".pylintrc",
             "pylintrc", ".isort.cfg")

Sections = Mapping[str, Mapping[str, str]]


class Settings(Struct, frozen=True):
    """``pyproject`` as a table, ``ini`` by file, ``setup`` the arguments in setup.py that are written out.

    ``broken`` names the files that can't be read.
    """

    pyproject: Mapping[str, Any]
    ini: Mapping[str, Sections]
    setup: Mapping[str, Any] = {}
    broken: tuple[Remark, ...] = ()

    def table(self, *keys: str) -> Mapping[str, Any]:
        """A table of pyproject.toml; empty where there is none."""
        found: object = self.pyproject
        for key in keys:
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, Mapping) else {}

    def has_table(self, *keys: str) -> bool:
        """Whether pyproject.toml has this table, though it may be empty."""
        return keys[-1] in self.table(*keys[:-1])

    def text(self, *keys: str) -> str:
        """A string of pyproject.toml; "" where there is none."""
        value = self.table(*keys[:-1]).get(keys[-1])
        return value if isinstance(value, str) else ""

    def section(self, name: str, *files: str) -> tuple[str, Mapping[str, str]]:
        """The first of ``files`` with this section, and the section; "" and nothing where there is none."""
        for file in files:
            if name in self.ini.get(file, {}):
                return file, self.ini[file][name]
        return "", {}


def texts(value: object) -> tuple[str, ...]:
    """The strings of a list of a configuration file; a single string counts as one, for anything else there is none."""
    if isinstance(value, str):
        return (value,)
    return tuple(entry for entry in value if isinstance(entry, str)) if isinstance(value, list | tuple) else ()


def read_toml(tree: Tree, name: str) -> tuple[Mapping[str, Any], tuple[Remark, ...]]:
    """A TOML file and nothing, or nothing and why it can't be read."""
    text = tree.text(name)
    if "\N{REPLACEMENT CHARACTER}" in text:
        return {}, (Remark(name, "is not UTF-8, as TOML must be", "save it as UTF-8, then adopt again"),)
    try:
        return tomllib.loads(text), ()
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, (Remark(name, f"is not valid TOML: {error}", "mend it, then adopt again"),)


def read_settings(tree: Tree) -> Settings:
    """All configuration files of ``tree``."""
    pyproject, broken = read_toml(tree, PYPROJECT)
    ini: dict[str, Sections] = {}
    for name in filter(tree.has, INI_FILES):
        try:
            ini[name] = _read_ini(tree.text(name))
        except configparser.Error as error:
            reason = str(error).splitlines()[0].replace("<string>", name)
            broken += (Remark(name, f"can't be read: {reason}", "mend it, then adopt again"),)
    return Settings(pyproject, ini, setup_py.arguments(tree.text("setup.py")), broken)


def _read_ini(text: str) -> Sections:
    parser = configparser.ConfigParser(interpolation=None, strict=False, allow_no_value=True, default_section="\0")
    parser.read_string(text)
    return {name: {key: value or "" for key, value in parser[name].items()} for name in parser.sections()}
