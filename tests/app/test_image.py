"""Procfile, Dockerfile and .dockerignore: they agree with each other."""

import json
import re
import shlex

from tests.app.servers import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_procfile_and_image_run_the_same_command() -> None:
    (command,) = re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)
    procfile = (ROOT / "Procfile").read_text()
    assert procfile == 'web: gunicorn "app:create_app()"\n'
    assert json.loads(command) == shlex.split(procfile.removeprefix("web: "))


def test_only_named_files_enter_the_image() -> None:
    rules = [rule for rule in (ROOT / ".dockerignore").read_text().splitlines() if not rule.startswith("#")]
    named = ["!app/", "!gunicorn.conf.py", "!requirements.txt", "!release.json"]
    assert rules == ["**", *named, "**/__pycache__", "**/.env*"]


def test_the_image_leaves_the_port_to_the_platform_and_is_not_run_as_root() -> None:
    assert "PORT=" not in DOCKERFILE
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_builders_without_mounts_can_build_it() -> None:
    """Heroku's builder and Docker's classic one do not know `RUN --mount`."""
    assert "--mount" not in re.sub(r"^#.*$", "", DOCKERFILE, flags=re.MULTILINE)
