"""Which commit of an action a workflow uses. The committed files own their pins; the table here is for a first time.

So an update by Dependabot is no drift. One action with two pins is a mistake that nobody else looks for.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from ci.adapters.yaml_text import Remarked
from ci.errors import CiError

WORKFLOW = ".github/workflows/ci.yml"


class Pin(Struct, frozen=True):
    """A commit (40 hex digits, or another ref in a file of the user's) and the version that stands behind it."""

    ref: str
    version: str

    @property
    def is_commit(self) -> bool:
        """Whether this is a whole commit id, and not a tag or branch that somebody follows."""
        return bool(re.fullmatch(r"[0-9a-f]{40}", self.ref))

    @property
    def full(self) -> bool:
        """Whether this is a whole commit id with a whole version, the only form that we write."""
        return self.is_commit and bool(re.fullmatch(r"v\d+\.\d+\.\d+", self.version))


#: Newest releases in November 2026, all on Node 24. The commit, not the id of an annotated tag.
TABLE = {
    "actions/cache": Pin("55cc8345863c7cc4c66a329aec7e433d2d1c52a9", "v6.1.0"),
    "actions/checkout": Pin("3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
    "actions/download-artifact": Pin("3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c", "v8.0.1"),
    "actions/setup-python": Pin("5fda3b95a4ea91299a34e894583c3862153e4b97", "v7.0.0"),
    "actions/upload-artifact": Pin("043fb46d1a93c77aae656e7c1c64a875d1fc6a0a", "v7.0.1"),
}

_USES = re.compile(r""" *(?:- +)?["']?uses["']? *: *["']?([\w.-]+/[\w.-]+)[^\s"'@]*@([^\s"']+)["']?(?: +# *(\S+))?""")
_BLOCK = re.compile(r"( *(?:- +)?)\S.*: +[|>][-+0-9]*(?: +#.*)?")


def uses(pins: Mapping[str, Pin], action: str) -> Remarked:
    """The value of ``uses`` for an action of the table, or for one in a folder of its repository."""
    pin = pins["/".join(action.split("/")[:2])]
    return Remarked(f"{action}@{pin.ref}", pin.version)


def kept(current: Mapping[str, str]) -> dict[str, Pin]:
    """The pin of each action of the table: the one that stands in the files of ``.github/``, else the table's.

    Raises CiError where one action has two refs.
    """
    found = _found(current)
    _refuse_two_refs(found)
    return {action: _kept_pin(action, found.get(action, {})) for action in TABLE}


def check(files: Mapping[str, str]) -> None:
    """Raise CiError where one action has two refs in ``files``, as they are going to be."""
    _refuse_two_refs(_found(files))


def _found(files: Mapping[str, str]) -> dict[str, dict[Pin, list[str]]]:
    """Where each action's pins stand.

    What is no whole pin in our own file doesn't count: it is written anew. Elsewhere a tag or branch doesn't.
    """
    found: dict[str, dict[Pin, list[str]]] = {}
    for file, text in sorted(files.items()):
        for action, pin in read(text):
            if pin.full or (pin.is_commit and file != WORKFLOW):
                found.setdefault(action.lower(), {}).setdefault(pin, []).append(file)
    return found


def _kept_pin(action: str, committed: Iterable[Pin]) -> Pin:
    """A commit of the table's has the table's version, whatever a file says."""
    return next((pin for pin in committed if pin.full and pin.ref != TABLE[action].ref), TABLE[action])


def _refuse_two_refs(found: Mapping[str, Mapping[Pin, list[str]]]) -> None:
    for action, places in found.items():
        refs: dict[str, set[str]] = {}
        for pin, files in places.items():
            refs.setdefault(pin.ref, set()).update(files)
        if len(refs) > 1:
            said = "; ".join(f"{ref} in {', '.join(sorted(files))}" for ref, files in sorted(refs.items()))
            raise CiError(
                f"{action} is used in two versions: {said}. Give all of them one commit id of 40 digits "
                "with its version behind it (`# v1.2.3`), then run: ci generate"
            )


def read(text: str) -> Iterator[tuple[str, Pin]]:
    """Each action that a workflow or a local action names, with its pin. Text of commands is not looked at."""
    key: int | None = None  # column of the key whose block we are in
    for line in text.splitlines():
        indent = len(line) - len(line.lstrip(" "))
        if key is not None and (indent > key or not line.strip(" ")):
            continue
        block = _BLOCK.fullmatch(line)
        key = len(block[1]) if block else None
        if used := _USES.match(line):
            yield used[1], Pin(used[2], used[3] or "")
