"""The fake says what Heroku's API says, by its published schema (https://api.heroku.com/schema)."""

import json
import os
from typing import Any

import pytest

from tests.engines.programs import need_module
from tests.fakes.heroku import SCALE, Heroku

SCHEMA = os.environ.get("HEROKU_SCHEMA")

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not SCHEMA, reason="HEROKU_SCHEMA names no copy of https://api.heroku.com/schema"),
]


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema."""
    with open(SCHEMA or "", encoding="utf-8") as file:
        return json.load(file)


def check(schema: Any, body: object, part: object) -> None:
    """Raises ValidationError unless ``body`` fits ``part`` of the schema."""
    jsonschema: Any = need_module("jsonschema")
    jsonschema.Draft4Validator({"definitions": schema["definitions"], "allOf": [part]}).validate(body)


def test_the_app(schema: Any, heroku: Heroku) -> None:
    heroku.web_url = "https://shop-0123456789ab.herokuapp.com/"
    check(schema, heroku.app(), {"$ref": "#/definitions/app"})


@pytest.mark.parametrize("status", ["pending", "succeeded", "failed", "expired"])
def test_a_release(schema: Any, heroku: Heroku, status: str) -> None:
    heroku.output = []
    heroku.add_release("sha256:new", "new", status)
    check(schema, heroku.releases, {"items": {"$ref": "#/definitions/release"}})


def test_the_formation(schema: Any, heroku: Heroku) -> None:
    check(schema, heroku.formation(), {"items": {"$ref": "#/definitions/formation"}})


def test_the_start_of_a_web_process(schema: Any) -> None:
    links = schema["definitions"]["formation"]["links"]
    (update,) = (link for link in links if link["method"] == "PATCH" and link["href"].endswith("/formation"))
    check(schema, SCALE, update["schema"])
