"""Adapters: plan -> the files of one engine. An adapter is a module; ``docs/adding-an-engine.md`` builds one.

The adapters of this package are listed in ``BUILT_IN``; other packages offer theirs in the entry-point group
``ci.adapters`` (name of the engine = module).
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from msgspec import Struct

from ci import plugins
from ci.plan import Plan
from ci.visible import one_line

if TYPE_CHECKING:
    from ci.adapters.validators import Validator

#: Stands in the first lines of every generated file. A file without it is never overwritten nor removed.
OWNERSHIP = "Generated from ci/pipeline.toml; do not edit, run: ci generate"

BUILT_IN = {
    "bazel": "ci.adapters.bazel",
    "buildbot": "ci.adapters.buildbot",
    "github": "ci.adapters.github",
    "gocd": "ci.adapters.gocd",
    "jenkins": "ci.adapters.jenkins",
    "teamcity": "ci.adapters.teamcity",
}

#: A file that is there wherever the adapter has written; without it the adapter need not be imported (20 ms each).
ON_REQUEST = {
    "bazel": "MODULE.bazel",
    "buildbot": "buildbot/pipeline.py",
    "gocd": "ci/pipeline.gocd.yaml",
    "teamcity": ".teamcity.yml",
}
ENTRY_POINTS = "ci.adapters"


class Note(Struct, frozen=True, order=True):
    """What an engine can't say by the generated file alone.

    ``lost``: the meaning is gone. ``approximated``: nearly the same, the text says the difference. ``manual-setup``:
    right once somebody has done what the text says. ``place`` is a stage or job name, or "" for the pipeline.
    """

    kind: Literal["lost", "approximated", "manual-setup"]
    construct: str
    place: str
    text: str


class Rendered(Struct, frozen=True):
    """What an adapter made: file texts by path from the root of the checkout, and notes."""

    files: dict[str, str]
    notes: tuple[Note, ...] = ()


class Adapter(Protocol):
    """What a module has to offer to be an engine's adapter.

    It may also offer ``validators() -> tuple[ci.adapters.validators.Validator, ...]``, for ``ci check``.
    ``ci.adapters.testing`` holds the tests of what all adapters promise.
    """

    #: The engine's name for people.
    TITLE: str
    #: Patterns of all files that the adapter may ever write: where stale files of ours are looked for.
    OWNS: tuple[str, ...]
    #: The keys of ``[target.<engine>]``.
    Options: type[Struct]

    def render(self, plan: Plan, options: Any, current: Mapping[str, str]) -> Rendered:
        """The engine's files for ``plan``; the same input always gives the same output, on every machine.

        ``options`` is an ``Options``. ``current`` holds the files of ``OWNS`` as they stand, so that what belongs to a
        file (pins that Dependabot moves) can be kept.
        """
        ...


def find(name: str) -> Adapter:
    """The adapter of an engine. Raises UsageError for an unknown name, with the names there are."""
    return cast(Adapter, plugins.find(name, BUILT_IN, group=ENTRY_POINTS, kind="engine"))


def validators_of(name: str) -> "tuple[Validator, ...]":
    """The validators that the adapter of an engine offers."""
    offered: Callable[[], tuple[Validator, ...]] = getattr(find(name), "validators", tuple)
    return offered()


def header(notes: tuple[Note, ...], *more: str) -> list[str]:
    """The lines at the top of a generated file, without comment signs: ownership, then ``more``, then the notes.

    Text of a definition that stands in a note is one line without control characters.
    """
    return [OWNERSHIP, *more, *(_comment(note) for note in notes)]


def _comment(note: Note) -> str:
    text = f"{note.kind}: {f'{note.place}: ' if note.place else ''}{note.construct}: {note.text}"
    return one_line(text)
