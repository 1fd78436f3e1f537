"""Modules by name: those of this package, and those that other packages offer in an entry-point group."""

import importlib
from collections.abc import Mapping
from typing import Any

from ci.errors import UsageError


def find(name: str, built_in: Mapping[str, str], *, group: str, kind: str) -> Any:
    """The module called ``name``: of ``built_in`` (name = module), else of the entry-point ``group``.

    Raises UsageError for an unknown name, with the names there are; ``kind`` is what such a module is called.
    """
    if name in built_in:
        return importlib.import_module(built_in[name])
    from importlib.metadata import entry_points  # 30 ms: only for what other packages offer

    found = entry_points(group=group)
    if name in found.names:
        return found[name].load()
    import difflib  # only for errors

    known = sorted({*built_in, *found.names})
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.7)  # gitlab is not meant as github
    advice = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(known)}"
    raise UsageError(f"there is no {kind} {name!r}; {advice}")
