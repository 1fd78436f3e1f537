"""What of an object is shown: the query language of ``tree=``, and ``depth=`` by visibility."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Exported(Generic[T]):
    """One property: how it is read, and how deep below the object asked for it is still shown by itself."""

    read: Callable[[T], Any]
    visibility: int = 1


class Bean(NamedTuple):
    """An object to show; ``kind`` becomes ``_class`` and is None where the type is known anyway."""

    kind: str | None
    properties: Mapping[str, Exported[Any]]
    target: Any = None


def bean(kind: str | None, visibility: int = 1, /, **values: Any) -> Bean:
    """An object whose properties are just there."""
    return Bean(kind, {name: Exported(itemgetter(name), visibility) for name in values}, values)


class Pruner(Protocol):
    """Decides what is shown."""

    def below(self, name: str, visibility: int) -> "Pruner | None":
        """What decides about the property ``name``; None leaves it out."""

    def limit(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values of a list that are shown."""


@dataclass(frozen=True)
class ByDepth:
    """Shows what is visible at a depth."""

    level: int

    def below(self, name: str, visibility: int) -> "ByDepth | None":
        """One level deeper less is seen."""
        return ByDepth(self.level + 1) if visibility >= self.level else None

    def limit(self, values: Sequence[Any]) -> Sequence[Any]:
        """All of them."""
        return values


@dataclass
class ByName:
    """Shows what was named, whatever its visibility."""

    children: dict[str, "ByName"] = field(default_factory=dict)
    window: slice = field(default_factory=lambda: slice(None))

    def below(self, name: str, visibility: int) -> "ByName | None":
        """What was written in the brackets behind the name, or behind the star."""
        return self.children.get(name) or self.children.get("*")

    def limit(self, values: Sequence[Any]) -> Sequence[Any]:
        """Those in the range, half open."""
        return values[self.window]


class MalformedTree(ValueError):
    """The tree cannot be read."""


TOKEN = re.compile(r"[^,\[\]{}]+|[,\[\]{}]")
RANGE = re.compile(r"\{(?:(\d+)|(\d*),(\d*))\}")


def parse(tree: str) -> ByName:
    """Read ``a,b[c,d]{M,N}``; the range is one of {N} {,N} {N,} {M,N}. MalformedTree when it is not that."""
    root, rest = _list(tree)
    if rest:
        raise MalformedTree(f"unexpected {rest!r}")
    return root


def _list(rest: str) -> tuple[ByName, str]:
    node = ByName()
    while True:
        name = TOKEN.match(rest)
        if not name or name[0] in ",[]{}":
            raise MalformedTree(f"a name is missing before {rest!r}")
        child, rest = _brackets(rest[name.end():])
        child.window, rest = _range(rest)
        node.children[name[0]] = child
        if not rest.startswith(","):
            return node, rest
        rest = rest[1:]


def _brackets(rest: str) -> tuple[ByName, str]:
    if not rest.startswith("["):
        return ByName(), rest
    child, rest = _list(rest[1:])
    if not rest.startswith("]"):
        raise MalformedTree(f"a ] is missing before {rest!r}")
    return child, rest[1:]


def _range(rest: str) -> tuple[slice, str]:
    if not rest.startswith("{"):
        return slice(None), rest
    found = RANGE.match(rest)
    if not found or found[0] == "{,}":
        raise MalformedTree(f"no range: {rest!r}")
    one, first, last = found.groups()
    if one is not None:
        return slice(int(one), int(one) + 1), rest[found.end():]
    return slice(int(first or 0), int(last) if last else None), rest[found.end():]


def show(value: Any, pruner: Pruner) -> Any:
    """``value`` as plain data, with the properties that ``pruner`` lets through."""
    if isinstance(value, Bean):
        shown: dict[str, Any] = {"_class": value.kind} if value.kind else {}
        for name, prop in value.properties.items():
            inner = pruner.below(name, prop.visibility)
            if inner is not None:
                shown[name] = show(prop.read(value.target), inner)
        return shown
    if isinstance(value, list | tuple):
        return [show(one, pruner) for one in pruner.limit(value)]
    return value


def pruner_for(query: Mapping[str, Sequence[str]]) -> Pruner:
    """What ``tree=`` or else ``depth=`` asks for; MalformedTree when the tree cannot be read."""
    if "tree" in query:
        return parse(query["tree"][0])
    return ByDepth(1 - int(query.get("depth", ["0"])[0]))
