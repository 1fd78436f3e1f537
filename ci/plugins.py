"""Modules by name: those of this package, and those that other packages offer in an entry-point group."""

import importlib
import os
import re
from collections.abc import Mapping
from typing import Any

from ci.errors import UsageError, nearest


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
    meant = _by_title(name, built_in) or nearest(name, known, cutoff=0.7)  # gitlab is not meant as github
    advice = f"did you mean {meant!r}?" if meant else f"there are {', '.join(known)}"
    raise UsageError(f"there is no {kind} {name!r}; {advice}")


def _by_title(name: str, built_in: Mapping[str, str]) -> str | None:
    """The module that people also call ``name``: by its title, capitals of that, or its file; None if it isn't one."""
    said = set(re.findall(r"[a-z0-9.]+", name.casefold()))
    for known, module in built_in.items():
        if known in said or said and said <= _called(importlib.import_module(module)):
            return known
    return None


def _called(module: Any) -> set[str]:
    """``GitHub Actions`` is also called github, actions, gh or gha, Jenkins by its Jenkinsfile."""
    words = re.findall(r"\w+", module.TITLE)
    capitals = ["".join(filter(str.isupper, text)) for text in (*words, module.TITLE)]
    files = [file for file in getattr(module, "OWNS", ()) if os.path.dirname(file) == ""]
    return {name.casefold() for name in (*words, *files, *(some for some in capitals if len(some) > 1))}
