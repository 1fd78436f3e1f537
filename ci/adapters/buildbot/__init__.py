"""Buildbot: a module that the operator's master.cfg loads. ``docs/buildbot.md`` has such a master.cfg.

Run with a real master and worker by ``tests/engines/test_buildbot_run.py``.
"""

from collections.abc import Mapping

from msgspec import Struct

from ci.adapters import Rendered, header
from ci.adapters.buildbot.checking import checkconfig, rules
from ci.adapters.buildbot.module import module
from ci.adapters.buildbot.notes import notes
from ci.adapters.validators import Validator
from ci.errors import DefinitionError
from ci.plan import Plan

TITLE = "Buildbot"
FILE = "buildbot/pipeline.py"
OWNS = (FILE,)


class Options(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[target.buildbot]`` has no keys: what differs from master to master stands in its master.cfg."""


def render(plan: Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """The module for the master. Raises DefinitionError where nothing would start a build."""
    on = plan.triggers
    if not (on.push or on.schedule or on.manual):
        raise DefinitionError("ci/pipeline.toml: on: nothing starts a build on Buildbot; add `manual = true`")
    found = notes(plan)
    return Rendered({FILE: module(plan, header(found))}, found)


def validators() -> tuple[Validator, ...]:
    """What ``ci check`` runs."""
    return (rules(FILE), checkconfig(FILE))
