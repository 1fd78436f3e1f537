"""TeamCity: a pipeline as code, ``.teamcity.yml``. ``docs/teamcity.md`` says how to use it.

Checked with JetBrains' schema and rules of our own; no server has read it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ci.adapters import Rendered, header, yaml_text
from ci.adapters.teamcity.notes import notes
from ci.adapters.teamcity.pipeline import pipeline
from ci.adapters.teamcity.settings import Options as Options
from ci.plan import Plan

if TYPE_CHECKING:
    from ci.adapters.validators import Validator

TITLE = "TeamCity"
FILE = ".teamcity.yml"
OWNS = (FILE,)


def render(plan: Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """The pipeline; tokens of secrets that ``current`` holds are kept.

    Raises DefinitionError for what TeamCity can't have.
    """
    found = notes(plan, options)
    return Rendered({FILE: yaml_text.document(header(found), pipeline(plan, options, current.get(FILE, "")))}, found)


def validators() -> "tuple[Validator, ...]":
    """What ``ci check`` runs."""
    from ci.adapters.teamcity import validation

    return validation.validators()
