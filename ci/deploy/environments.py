"""Environments: the places that the definition names, and which of them a call means."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ci.checks import LOCAL, Problem
from ci.definition import Definition
from ci.deploy import targets
from ci.deploy.targets import Say, Target
from ci.errors import UsageError, did_you_mean

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
    found = known(definition, root=root, environ=environ)
    if name not in found:
        raise _unknown(name, list(found))
    return found[name]


def known(definition: Definition, *, root: Path, environ: Mapping[str, str]) -> dict[str, Environment]:
    """All environments by name, first ``local``. Raises DefinitionError for a mistake in one of them."""
    found: dict[str, Environment] = {}
    for name, table in definition.pipeline.environment.items():
        try:
            target = targets.find(table["target"])
        except UsageError as error:
            raise definition.error([Problem(("environment", name, "target"), str(error))]) from None
        found[name] = Environment(name, target, definition.environment_options(name, target.Options))
    return {LOCAL: _local(root, environ, found.values()), **found}


def _local(root: Path, environ: Mapping[str, str], others: Iterable[Environment]) -> Environment:
    """A server on this machine: a rehearsal asks of the app what the first real server asks of it."""
    from ci.deploy.server import directory_of
    from ci.deploy.server.target import Options

    directory = str(directory_of(root, environ))
    real = (one.options for one in others if isinstance(one.options, Options))
    options = next(real, Options(directory=directory))
    here = msgspec.structs.replace(options, directory=directory, host=None, port=None)
    return Environment(LOCAL, targets.find("server"), here)


def _unknown(name: str, there: list[str]) -> UsageError:
    if meant := did_you_mean(name, there):
        return UsageError(f"there is no environment {name!r}; {meant}")
    known = f"there {'are' if len(there) > 1 else 'is only'} {', '.join(there)}"
    return UsageError(f"there is no environment {name!r}; {known}. Add it to ci/pipeline.toml as [environment.{name}]")
