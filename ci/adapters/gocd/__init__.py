"""GoCD: one pipeline as code, for its YAML plugin (format 10). ``docs/gocd.md`` says how to use it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ci.adapters import Rendered, header, yaml_text
from ci.adapters.gocd.notes import notes
from ci.adapters.gocd.pipeline import pipeline
from ci.adapters.gocd.settings import Options as Options
from ci.plan import Plan

if TYPE_CHECKING:
    from ci.adapters.validators import Validator

TITLE = "GoCD"

#: The YAML plugin looks for ``**/*.gocd.yaml``.
FILE = "ci/pipeline.gocd.yaml"
OWNS = (FILE,)


def render(plan: Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """The file of the config repository. Raises DefinitionError for what GoCD can't have."""
    found = notes(plan, options)
    content: dict[str, yaml_text.Value] = {"format_version": 10, "pipelines": pipeline(plan, options)}
    return Rendered({FILE: yaml_text.document(header(found), content)}, found)


def validators() -> "tuple[Validator, ...]":
    """What ``ci check`` runs."""
    from ci.adapters.gocd import validation

    return validation.VALIDATORS
