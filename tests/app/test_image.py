"""Procfile, Dockerfile, .dockerignore, heroku.yml and app.json: they agree with each other."""

from __future__ import annotations

import json
import re
import shlex

import yaml

from tests.app.servers import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_procfile_and_image_run_the_same_command() -> None:
    (command,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    procfile = (ROOT / "Procfile").read_text()
    assert procfile == 'web: gunicorn "app:create_app()"\n'
    assert json.loads(command) == shlex.split(procfile.removeprefix("web: "))


def test_heroku_builds_the_dockerfile_and_runs_its_command() -> None:
    assert yaml.safe_load((ROOT / "heroku.yml").read_text()) == {"build": {"docker": {"web": "Dockerfile"}}}


def test_the_app_is_a_container_and_names_no_plan() -> None:
    app = json.loads((ROOT / "app.json").read_text())
    assert app["stack"] == "container"
    assert app["formation"] == {"web": {"quantity": 1}}


def test_only_named_files_enter_the_image() -> None:
    rules = (ROOT / ".dockerignore").read_text().splitlines()
    assert [rule for rule in rules if not rule.startswith("#")] == [
        "**",
        "!app/",
        "!gunicorn.conf.py",
        "!requirements.txt",
        "!release.json",
        "**/__pycache__",
    ]


def test_the_image_leaves_the_port_to_the_platform_and_is_not_run_as_root() -> None:
    assert "PORT=" not in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_builders_without_mounts_can_build_it() -> None:
    """Heroku's builder and Docker's classic one do not know `RUN --mount`."""
    instructions = re.sub(r"^#.*$", "", DOCKERFILE, flags=re.MULTILINE)
    assert "--mount" not in instructions
