"""The fake says what Heroku's API says, by its published schema (https://api.heroku.com/schema)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ci.deploy.heroku import calls
from ci.deploy.heroku.calls import Call
from tests.engines.programs import need_module
from tests.fakes.heroku import Heroku, scale

SCHEMA = Path(__file__).parents[3] / "schemas" / "heroku-platform-api.json"

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema."""
    return json.loads(SCHEMA.read_text("utf-8"))


def check(schema: Any, body: object, part: object) -> None:
    """Raises ValidationError unless ``body`` fits ``part`` of the schema."""
    jsonschema: Any = need_module("jsonschema")
    jsonschema.Draft4Validator({"definitions": schema["definitions"], "allOf": [part]}).validate(body)


def only(schema: Any, thing: str) -> Any:
    """A thing with fields of the schema and no others; Heroku writes that as strictProperties."""
    return {**schema["definitions"][thing], "additionalProperties": False}


def test_the_app(schema: Any, heroku: Heroku) -> None:
    heroku.web_url = "https://shop-0123456789ab.herokuapp.com/"
    check(schema, heroku.app(), only(schema, "app"))


@pytest.mark.parametrize("status", ["pending", "succeeded", "failed", "expired"])
def test_a_release(schema: Any, heroku: Heroku, status: str) -> None:
    heroku.output = []
    check(schema, heroku.add_release("sha256:new", "new", status), only(schema, "release"))


def test_the_formation(schema: Any, heroku: Heroku) -> None:
    check(schema, heroku.formation(), {"items": only(schema, "formation")})


def test_the_processes(schema: Any, heroku: Heroku) -> None:
    heroku.add_release("sha256:new", "new")
    check(schema, heroku.dynos(), {"items": only(schema, "dyno"), "minItems": 1})


@pytest.mark.parametrize("quantity", [0, 1])
def test_how_many_web_processes(schema: Any, quantity: int) -> None:
    check(schema, scale(quantity), link(schema, "formation", "PATCH", "Batch Update")["schema"])
    assert calls.scale_web("shop", quantity).body == scale(quantity)


def test_a_rollback(schema: Any) -> None:
    identity = "01234567-89ab-cdef-0123-456789abcdef"
    check(schema, calls.rollback("shop", identity).body, link(schema, "release", "POST", "Rollback")["schema"])


def test_the_hand_over_of_an_image_is_not_in_the_schema(schema: Any) -> None:
    """When a newer schema has it, its body is to be checked like the others."""
    updates = schema["definitions"]["formation"]["definitions"]["update"]["properties"]
    assert sorted(updates) == ["dyno_size", "quantity", "type"]


@pytest.mark.parametrize(
    ("call", "thing", "title"),
    [
        (calls.app("shop"), "app", "Info"),
        (calls.latest_release("shop"), "release", "List"),
        (calls.releases("shop"), "release", "List"),
        (calls.release("shop", "id"), "release", "Info"),
        (calls.release_of_version("shop", 12), "release", "Info"),
        (calls.rollback("shop", "id"), "release", "Rollback"),
        (calls.formation("shop"), "formation", "List"),
        (calls.scale_web("shop", 1), "formation", "Batch Update"),
        (calls.dynos("shop"), "dyno", "List"),
    ],
)
def test_every_call_has_the_method_and_path_that_are_published(schema: Any, call: Call, thing: str, title: str) -> None:
    path = re.sub(r"\{[^}]*\}", "[^/]+", link(schema, thing, call.method, title)["href"])
    assert re.fullmatch(path, call.path)


def link(schema: Any, thing: str, method: str, title: str) -> Any:
    """A call, as it is published."""
    links = schema["definitions"][thing]["links"]
    (found,) = (one for one in links if (one["method"], one["title"]) == (method, title))
    return found
