"""The JSON schema of ``ci/pipeline.toml``, made from the model, so that editors complete and check the definition."""

import inspect
import json
from typing import Any

import msgspec

from ci import model

#: Where the schema stands, relative to the root of the checkout; line 1 of the definition names it.
FILE = "ci/pipeline.schema.json"


def text() -> str:
    """The schema as it stands in the file."""
    return of(model.Pipeline) + "\n"


def of(kind: type[msgspec.Struct]) -> str:
    """The schema of a type."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(kind)}
    return json.dumps(_with_clean_descriptions(schema), indent=2)


def _with_clean_descriptions(part: Any) -> Any:
    """Docstrings without their indentation, which Python removes by itself only from 3.13 on."""
    if isinstance(part, dict):
        cleaned = {key: _with_clean_descriptions(value) for key, value in part.items()}
        if isinstance(part.get("description"), str):
            cleaned["description"] = inspect.cleandoc(part["description"])
        return cleaned
    return [_with_clean_descriptions(inner) for inner in part] if isinstance(part, list) else part
