"""heroku.yml and app.json: what Heroku reads after a `git push`."""

import json
import re
from pathlib import Path

import yaml

from app.config import Config

ROOT = Path(__file__).parents[2]


def test_heroku_builds_the_dockerfile_and_runs_its_command() -> None:
    """Without a `run` section Heroku takes the image's CMD, and with the file it does not read the Procfile."""
    manifest = yaml.safe_load((ROOT / "heroku.yml").read_text())
    assert manifest == {"build": {"docker": {"web": "Dockerfile"}}}
    assert (ROOT / manifest["build"]["docker"]["web"]).is_file()


def test_a_build_by_heroku_has_no_release_file_and_gives_no_argument() -> None:
    """`git push` brings what git tracks. RELEASE is empty then, and the app starts: tests/app/test_config.py."""
    assert re.findall(r"^ARG RELEASE(.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE) == ["="]


def test_the_manifest_for_review_apps_follows_its_schema() -> None:
    """https://devcenter.heroku.com/articles/app-json-schema. Names of plans and sizes rot, so there is none."""
    manifest = json.loads((ROOT / "app.json").read_text())
    assert set(manifest) == {"name", "description", "stack", "env", "formation"}
    assert 0 < len(manifest["name"]) <= 30
    assert manifest["description"].endswith(".")
    assert manifest["stack"] == "container"
    for variable in manifest["env"].values():
        assert set(variable) <= {"description", "value", "required", "generator"}
        assert all(isinstance(variable[key], str) for key in ("description", "value") if key in variable)
    assert manifest["formation"] == {"web": {"quantity": 1}}


def test_a_review_app_is_asked_only_for_settings_that_the_app_reads() -> None:
    env = json.loads((ROOT / "app.json").read_text())["env"]
    settings = {name: variable["value"] for name, variable in env.items()}
    assert Config.from_environment(settings) == Config.from_environment({})
    assert all(name in (ROOT / "app" / "config.py").read_text() for name in settings)
