"""What ``ci check gocd`` runs."""

import tempfile
from pathlib import Path

from ci import schema as schemas
from ci.adapters import yaml_reader
from ci.adapters.gocd import rules
from ci.adapters.gocd.file_format import File
from ci.adapters.validators import Validator, program
from ci.adapters.validators import rules as rules_validator


def schema() -> str:
    """The JSON schema of a file; ``schema.json`` holds it for editors."""
    return schemas.of(File)


def _against_schema(folder: Path) -> list[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(schema())
        file.flush()
        return program("check-jsonschema", "--schemafile", file.name, install="", files="**/*.gocd.yaml").check(folder)


_PROGRAM = program("check-jsonschema", install="pip install check-jsonschema")

VALIDATORS = (
    rules_validator(rules.problems, packages=yaml_reader.PACKAGES),
    Validator("check-jsonschema (schema of ci)", _against_schema, _PROGRAM.missing),
)
