"""Procfile, Dockerfile and .dockerignore: they agree with each other."""

from __future__ import annotations

import json
import re
import shlex
import tomllib

from tests.app.servers import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_procfile_and_image_run_the_same_command() -> None:
    (command,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    procfile = (ROOT / "Procfile").read_text()
    assert procfile == 'web: gunicorn "app:create_app()"\n'
    assert json.loads(command) == shlex.split(procfile.removeprefix("web: "))


def test_the_image_has_the_python_that_the_pipeline_checks() -> None:
    pipeline = tomllib.loads((ROOT / "ci" / "pipeline.toml").read_text())
    assert f"\nARG PYTHON_IMAGE=docker.io/library/python:{pipeline['python']}-slim" in DOCKERFILE


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
