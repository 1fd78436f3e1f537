"""Jenkins: a declarative Jenkinsfile for a controller with the suggested plugins.

Checked with Groovy's parser, with the rules of the declarative validator, and by running the commands
(``tests/engines``); ``docs/jenkins-pipeline.md`` says how to use it.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ci.adapters import Rendered, header
from ci.adapters.jenkins.groovy_text import comment
from ci.adapters.jenkins.notes import notes
from ci.adapters.jenkins.pipeline import pipeline
from ci.adapters.jenkins.settings import Options as Options
from ci.plan import Plan

if TYPE_CHECKING:
    from ci.adapters.validators import Validator

TITLE = "Jenkins"
FILE = "Jenkinsfile"
OWNS = (FILE,)


def render(plan: Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """The Jenkinsfile. Raises DefinitionError for what Jenkins can't have (a name, a missing label)."""
    found = notes(plan, options)
    lines = [*map(comment, header(found)), *pipeline(plan, options)]
    return Rendered({FILE: "\n".join(lines) + "\n"}, found)


def validators() -> "tuple[Validator, ...]":
    """What ``ci check`` runs."""
    from ci.adapters.jenkins import validation

    return validation.VALIDATORS
