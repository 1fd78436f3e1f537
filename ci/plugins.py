"""Modules by name: those of this package, and those that other packages offer in an entry-point group."""

import importlib
from collections.abc import Mapping
from typing import Any

from ci.errors import UsageError, did_you_mean


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
    known = sorted({*built_in, *found.names})
    advice = did_you_mean(name, known, cutoff=0.7) or f"there are {', '.join(known)}"  # gitlab is not meant as github
    raise UsageError(f"there is no {kind} {name!r}; {advice}")
