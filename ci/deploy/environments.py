"""Environments: the places that the definition names, and which of them a call means."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ci.checks import LOCAL
from ci.definition import Definition
from ci.deploy import targets
from ci.deploy.targets import Say, Target
from ci.errors import UsageError

#: Names the environment of a job: on an engine that of its approval, in `ci run` always ``local``.
VARIABLE = "CI_ENVIRONMENT"


@dataclass(frozen=True)
class Environment:
    """An environment: its name, the target that it is on, and the target's options."""

    name: str
    target: Target
    options: Any


def chosen(wanted: str | None, environ: Mapping[str, str], *, say: Say) -> str:
    """The name of the environment that is meant: ``wanted``, else CI_ENVIRONMENT, else ``local``.

    CI_ENVIRONMENT=local wins over ``wanted``, and that is said: so `ci run`, which sets it for each of its jobs,
    reaches no other place than this machine, whatever a job's command names.
    """
    given = environ.get(VARIABLE)
    if given == LOCAL and wanted not in (None, LOCAL):
        say(f"{VARIABLE} is {LOCAL}, so this is a rehearsal here, and {wanted} is left alone")
        return LOCAL
    return wanted or given or LOCAL


def find(definition: Definition, name: str, *, root: Path, environ: Mapping[str, str]) -> Environment:
    """The environment ``name`` of the definition; ``local`` is always there.

    Raises UsageError for an unknown name, and DefinitionError for a mistake in any environment: so a rehearsal on a
    laptop finds what would stop the real deployment.
    """
    known = {LOCAL: _local(root, environ)}
    for one, table in definition.pipeline.environment.items():
        target = targets.find(table["target"])
        known[one] = Environment(one, target, definition.environment_options(one, target.Options))
    if name not in known:
        raise _unknown(name, list(known))
    return known[name]


def _local(root: Path, environ: Mapping[str, str]) -> Environment:
    from ci.deploy.server import directory_of
    from ci.deploy.server.target import Options

    return Environment(LOCAL, targets.find("server"), Options(directory=str(directory_of(root, environ))))


def _unknown(name: str, known: list[str]) -> UsageError:
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    meant = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(known)}"
    advice = "" if close else f". Add it to ci/pipeline.toml as [environment.{name}]"
    return UsageError(f"there is no environment {name!r}{meant}{advice}")
