"""The hooks of .pre-commit-config.yaml: which checkers they are, at which version, with which arguments.

Of YAML it reads what such files consist of: one key, or one entry of a list, a line.
"""

import re

from msgspec import Struct

from ci.projects.adopt.tree import Tree

FILE = ".pre-commit-config.yaml"
_KEY = re.compile(r"\s*(?:-\s+)?\{?(repo|rev|id|args|files|exclude|additional_dependencies):\s*(.*?)\s*(?:\s#.*)?")
_ENTRY = re.compile(r"\s*-\s+([^:]+|\S*:\S.*?)\s*(?:\s#.*)?")


class Hook(Struct, frozen=True):
    """A hook by its id. ``version`` is that of its repository without the v; ``is_filtered``: not for all files."""

    id: str
    version: str
    arguments: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    is_filtered: bool = False


def read_hooks(tree: Tree) -> tuple[Hook, ...]:
    """The hooks in their order."""
    hooks: list[dict[str, list[str]]] = []
    version, key = "", ""
    for line in tree.text(FILE).splitlines():
        if found := _KEY.fullmatch(line):
            key, value = found[1], found[2]
            if key == "rev":
                version = _unquoted(value).removeprefix("v")
            elif key == "id":
                hooks.append({"id": [_unquoted(value)], "rev": [version]})
            elif hooks and key != "repo":
                hooks[-1][key] = _flow(value)
        elif hooks and key in ("args", "additional_dependencies") and (entry := _ENTRY.fullmatch(line)):
            hooks[-1][key].append(_unquoted(entry[1]))
    return tuple(map(_hook, hooks))


def _hook(keys: dict[str, list[str]]) -> Hook:
    return Hook(
        keys["id"][0], keys["rev"][0], tuple(keys.get("args", ())), tuple(keys.get("additional_dependencies", ())),
        bool(keys.get("files") or keys.get("exclude")),
    )


def _flow(value: str) -> list[str]:
    """``[--a, "b"]`` or one value as a list."""
    inner = value.removeprefix("[").removesuffix("]")
    return [_unquoted(part.strip()) for part in inner.split(",") if part.strip()] if value else []


def _unquoted(value: str) -> str:
    return value.strip().rstrip("}").strip("\"'")
