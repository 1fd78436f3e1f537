"""The JSON schema of ``ci/pipeline.toml``, made from the model, so that editors complete and check the definition."""

import json

import msgspec

from ci import model

#: Where the schema stands, relative to the root of the checkout; line 1 of the definition names it.
FILE = "ci/pipeline.schema.json"


def text() -> str:
    """The schema as it stands in the file."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(model.Pipeline)}
    return json.dumps(schema, indent=2) + "\n"
