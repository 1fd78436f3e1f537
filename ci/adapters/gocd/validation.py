"""What ``ci check gocd`` runs."""

import json
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from ci.adapters import yaml_reader
from ci.adapters.gocd import rules
from ci.adapters.gocd.file_format import File
from ci.adapters.validators import Validator, program
from ci.adapters.validators import rules as rules_validator


def schema() -> dict[str, Any]:
    """The JSON schema of a file."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(File)}


def _against_schema(folder: Path) -> list[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(schema(), file)
        file.flush()
        return program("check-jsonschema", "--schemafile", file.name, install="", files="**/*.gocd.yaml").check(folder)


_PROGRAM = program("check-jsonschema", install="pip install check-jsonschema")

VALIDATORS = (
    rules_validator(rules.problems, packages=yaml_reader.PACKAGES),
    Validator("check-jsonschema (schema of ci)", _against_schema, _PROGRAM.missing),
)
