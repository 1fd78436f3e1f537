"""What ``ci check teamcity`` runs."""

import os

from ci.adapters import yaml_reader
from ci.adapters.teamcity import rules
from ci.adapters.validators import Validator, program
from ci.adapters.validators import rules as rules_validator

#: Where JetBrains' schema lies (teamcity-cli, ``schemas/pipeline.json``), for those who have it.
SCHEMA = "TEAMCITY_SCHEMA"


def validators() -> tuple[Validator, ...]:
    """Rules of ours, and JetBrains' schema where the environment names one."""
    own = rules_validator(rules.problems, packages=yaml_reader.PACKAGES)
    schema = os.environ.get(SCHEMA)
    if not schema:
        return (own,)
    arguments = ("--schemafile", os.path.abspath(schema))
    found = program("check-jsonschema", *arguments, install="pip install check-jsonschema", files=".teamcity.yml")
    return (own, Validator("check-jsonschema (schema of JetBrains)", found.check, found.missing))
