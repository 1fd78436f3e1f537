"""What tox runs in a project: its environments, read from tox.ini, setup.cfg or pyproject.toml."""

import itertools
import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from ci.projects.adopt.settings import Settings, read_toml, texts
from ci.projects.adopt.tree import Tree

_VERSION = re.compile(r"py(?:thon)?3\.?(\d+)")


class Tox(Struct, frozen=True):
    """``file`` configures tox. ``envs`` are those that plain ``tox`` runs, ``commands`` the text of its test commands.

    ``by_version``: settings of the test environments differ by Python.
    """

    file: str
    envs: tuple[str, ...]
    commands: str
    by_version: bool

    @property
    def tests(self) -> tuple[str, ...]:
        """The environments that are named after a Python: py, py312, py312-django5."""
        return tuple(env for env in self.envs if env == "py" or _VERSION.match(env))

    @property
    def pythons(self) -> tuple[str, ...]:
        """The versions of ``tests``."""
        found = (_VERSION.match(env) for env in self.tests)
        return tuple(dict.fromkeys(f"3.{match[1]}" for match in found if match))

    @property
    def is_plain(self) -> bool:
        """Whether one environment ``py`` stands for all of ``tests``."""
        return not self.by_version and all(env == "py" or _VERSION.fullmatch(env) for env in self.tests)


def read_tox(tree: Tree, settings: Settings) -> Tox | None:
    """The project's tox; None where it has none, or a tox.ini that only holds settings of other tools."""
    if native := _native(tree, settings):
        return native
    for file, prefix in (("tox.ini", ""), ("setup.cfg", "tox:")):
        sections = settings.ini.get(file, {})
        main, base = sections.get(f"{prefix}tox"), sections.get("testenv", {})
        if main is None and not base:
            continue
        listed = (main or {}).get("env_list") or (main or {}).get("envlist") or ""
        if not listed and base:
            listed = "py"
        if base or listed:
            text = "\n".join(base.values())
            by_version = bool(re.search(r"(?m)^py3\d+\w*:", text))
            return Tox(file, tuple(_expanded(listed)), base.get("commands", ""), by_version)
    return None


def _native(tree: Tree, settings: Settings) -> Tox | None:
    """The TOML form: tox.toml, or [tool.tox] in pyproject.toml."""
    table: Mapping[str, object] = settings.table("tool", "tox")
    file = "pyproject.toml"
    if tree.has("tox.toml"):
        file, table = "tox.toml", read_toml(tree, "tox.toml")[0]
    if not table or "legacy_tox_ini" in table:
        return None
    base = table.get("env_run_base")
    commands = str(base.get("commands", "")) if isinstance(base, Mapping) else ""
    return Tox(file, texts(table.get("env_list")) or ("py",), commands, False)


def _expanded(listed: str) -> Iterator[str]:
    """``py3{11,12}-{a,b}, lint`` as single names, in order."""
    text = re.sub(r"(?m)(^|\s)#.*", "", listed)
    for entry in re.findall(r"(?:[^\s,{}]|\{[^{}]*\})+", text):
        parts = re.split(r"\{([^{}]*)\}", entry)  # every second one stood in braces
        choices = (
            [word.strip() for word in part.split(",")] if index % 2 else [part] for index, part in enumerate(parts)
        )
        yield from map("".join, itertools.product(*choices))
