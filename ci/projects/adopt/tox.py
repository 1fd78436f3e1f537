"""What tox runs in a project: its environments, read from tox.ini, tox.toml, setup.cfg or pyproject.toml."""

import itertools
import re
from collections.abc import Iterator, Mapping
from shlex import join

from msgspec import Struct

from ci.projects.adopt.settings import Settings, read_toml, texts
from ci.projects.adopt.tree import Tree

#: The first part of an environment's name that says its Python: py312, py3.12, 3.12.
_VERSION = re.compile(r"(py)?3(\.?)(\d+)")
_INI_POSARGS = re.compile(r"\bpytest\b.*\{posargs(?::([^{}]*))?\}")


class Tox(Struct, frozen=True):
    """``file`` configures tox, ``requirement`` brings it, ``envs`` are those that plain ``tox`` runs.

    ``arguments`` are what pytest gets unless others are handed on; None where none are. ``by_version``: settings of the
    test environments differ by Python.
    """

    file: str
    requirement: str
    envs: tuple[str, ...]
    arguments: str | None
    by_version: bool

    @property
    def tests(self) -> tuple[str, ...]:
        """The environments that are named after a Python: py, py312, py312-django5."""
        return tuple(env for env in self.envs if env == "py" or _version(env))

    @property
    def pythons(self) -> tuple[str, ...]:
        """The versions of ``tests``."""
        found = map(_version, self.tests)
        return tuple(dict.fromkeys(f"3.{match[3]}" for match in found if match))

    @property
    def is_plain(self) -> bool:
        """Whether one environment ``py`` stands for all of ``tests``."""
        return not self.by_version and not any("-" in env for env in self.tests)

    @property
    def factor(self) -> str:
        """How the names say a version, to be filled with its two numbers: py{}{}, py{}.{} or {}.{}."""
        match = next(filter(None, map(_version, self.tests)), None)
        return f"{match[1] or ''}{{}}{match[2]}{{}}" if match else "py{}{}"


def read_tox(tree: Tree, settings: Settings) -> Tox | None:
    """The project's tox; None where it has none, or a tox.ini that only holds settings of other tools."""
    if native := _native(tree, settings):
        return native
    for file, name in (("tox.ini", "tox"), ("setup.cfg", "tox:tox")):
        sections = settings.ini.get(file, {})
        main, base = sections.get(name, {}), sections.get("testenv", {})
        listed = main.get("env_list") or main.get("envlist") or ("py" if base else "")
        if listed:
            handed_on = _INI_POSARGS.search(base.get("commands", ""))
            arguments = (handed_on[1] or "").strip() if handed_on else None
            by_version = _is_by_version(sections, "\n".join(base.values()))
            return Tox(file, _requirement(tree.text(file)), tuple(_expanded(listed)), arguments, by_version)
    return None


def _requirement(text: str) -> str:
    """Tox installs the plugins that its settings name as required, but starts with none of a runner's."""
    return "tox-uv" if "uv-venv" in text else "tox"


def _is_by_version(sections: Mapping[str, object], base: str) -> bool:
    own = any(name.startswith("testenv:") and _version(name.partition(":")[2]) for name in sections)
    return own or bool(re.search(r"(?m)^(py)?3\.?\d+\S*:", base))


def _native(tree: Tree, settings: Settings) -> Tox | None:
    """The TOML form: tox.toml, or [tool.tox] in pyproject.toml."""
    table: Mapping[str, object] = settings.table("tool", "tox")
    file = "pyproject.toml"
    if tree.has("tox.toml"):
        file, table = "tox.toml", read_toml(tree, "tox.toml")[0]
    if not table or "legacy_tox_ini" in table:
        return None
    base, own = table.get("env_run_base"), table.get("env")
    commands = base.get("commands") if isinstance(base, Mapping) else None
    by_version = any(map(_version, own)) if isinstance(own, Mapping) else False
    envs = texts(table.get("env_list")) or ("py",)
    return Tox(file, _requirement(tree.text(file)), envs, _handed_on(commands), by_version)


def _handed_on(commands: object) -> str | None:
    """What ``{ replace = "posargs", default = [...] }`` of a pytest command stands for."""
    for command in commands if isinstance(commands, list) else []:
        if isinstance(command, list) and "pytest" in command:
            for word in command:
                if isinstance(word, Mapping) and word.get("replace") == "posargs":
                    return join(texts(word.get("default")))
    return None


def _version(env: str) -> re.Match[str] | None:
    return _VERSION.fullmatch(env.partition("-")[0])


def _expanded(listed: str) -> Iterator[str]:
    """``py3{11-13}-{a,b}, lint`` as single names, in order."""
    text = re.sub(r"(?m)(^|\s)#.*", "", listed)
    for entry in re.findall(r"(?:[^\s,{}]|\{[^{}]*\})+", text):
        parts = re.split(r"\{([^{}]*)\}", entry)  # every second one stood in braces
        choices = (_choices(part) if index % 2 else [part] for index, part in enumerate(parts))
        yield from map("".join, itertools.product(*choices))


def _choices(braced: str) -> list[str]:
    if bounds := re.fullmatch(r"\s*(\d+)-(\d+)\s*", braced):
        return [str(number) for number in range(int(bounds[1]), min(int(bounds[2]), 99) + 1)]
    return [word.strip() for word in braced.split(",")]
