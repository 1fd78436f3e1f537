"""Procfile, Dockerfile, .dockerignore, heroku.yml and app.json: they agree with each other."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import yaml

from app.config import Config
from tests.app.servers import ROOT, run

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_procfile_and_image_run_the_same_command() -> None:
    (command,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    procfile = (ROOT / "Procfile").read_text()
    assert procfile == 'web: gunicorn "app:create_app()"\n'
    assert json.loads(command) == shlex.split(procfile.removeprefix("web: "))


def test_the_image_has_the_python_that_the_pipeline_checks() -> None:
    pipeline = tomllib.loads((ROOT / "ci" / "pipeline.toml").read_text())
    assert f"\nARG PYTHON_IMAGE=docker.io/library/python:{pipeline['python']}-slim" in DOCKERFILE


def test_heroku_builds_the_dockerfile_and_runs_its_command() -> None:
    """Without a `run` section Heroku takes the image's CMD, and with the file it does not read the Procfile."""
    manifest = yaml.safe_load((ROOT / "heroku.yml").read_text())
    assert manifest == {"build": {"docker": {"web": "Dockerfile"}}}
    assert (ROOT / manifest["build"]["docker"]["web"]).is_file()


def test_a_build_by_heroku_has_no_release_file_and_the_app_starts_all_the_same(project: Path) -> None:
    """`git push` brings what git tracks, and Heroku gives the build no argument: RELEASE is empty then."""
    assert not (project / "release.json").exists()
    assert re.findall(r"^ARG RELEASE(.*)$", DOCKERFILE, re.MULTILINE) == ["="]
    code = "import app; print(app.create_app().test_client().get('/healthz').json['release'])"
    assert run("-c", code, folder=project, settings={"RELEASE": ""}).stdout.splitlines()[-1] == "development"


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


def test_only_named_files_enter_the_image() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert [rule for rule in rules if not rule.startswith("#")] == [
        "**",
        "!app/",
        "!gunicorn.conf.py",
        "!requirements.txt",
        "!release.json",
        "**/__pycache__",
        "**/.env*",
    ]


def test_the_image_leaves_the_port_to_the_platform_and_is_not_run_as_root() -> None:
    assert "PORT=" not in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_builders_without_mounts_can_build_it() -> None:
    """Heroku's builder and Docker's classic one do not know `RUN --mount`."""
    instructions = re.sub(r"^#.*$", "", DOCKERFILE, flags=re.MULTILINE)
    assert "--mount" not in instructions
