"""`ci deploy`, `ci releases`, `ci rollback` and `ci stop` as people and programs meet them."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest

from ci.deploy import server
from ci.deploy.server.directory import ServerDirectory
from tests.ci.deploy.conftest import page, port
from tests.ci.deploy.releases import Project, make_environment, release_of
from tests.tool import CI

DEFINITION = """\
version = 1
name = "shop"

[[stage]]
name = "test"
run = ["true"]

[environment.staging]
target = "server"
directory = "var/staging"
"""

__all__ = ["port"]

Ci = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A project with an environment `staging`, a folder of itself; its server is stopped at the end."""
    made = Project.create(tmp_path / "shop")
    made.write({"ci/pipeline.toml": DEFINITION})
    yield made
    server.stop(made.root / "var/staging", say=lambda text: None, grace=3.0)


@pytest.fixture
def ci(project: Project, port: int) -> Ci:
    """Run the command line in the project, and return what it says."""

    def call(*arguments: str, code: int = 0, stdout: int | IO[str] = subprocess.PIPE, **environ: str) -> str:
        done = subprocess.run(
            [*CI, *arguments],
            cwd=project.root,
            env={**os.environ, "PORT": str(port), **environ},
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    return call


def test_from_nothing_to_a_rollback(ci: Ci, project: Project, port: int, tmp_path: Path) -> None:
    place, address = ServerDirectory(project.root / "var/staging"), f"http://127.0.0.1:{port}"
    notice = tmp_path / "notice"
    archives = [project.build(), project.build()]
    old, new = (release_of(path) for path in archives)
    with place.locked("preparing"):  # the environment, which would come from a package index
        place.remove(place.add(archives[0], make_environment))
    assert ci("releases", "staging") == "nothing has been deployed to staging\n"
    ci("deploy", "staging", "--archive", str(archives[0]), CI_NOTICE_FILE=str(notice))
    assert notice.read_text() == f"release {old} runs at {address}\n"
    said = ci("deploy", "--archive", str(archives[1]), CI_ENVIRONMENT="staging").splitlines()
    assert said[0].startswith(f"release {new} is ready: in a rehearsal it answered after ")
    assert said[1:] == [
        f"release {new} took over from {old}", f"release {new} runs at {address}",
    ]  # fmt: skip
    assert ci("rollback", "-e", "staging").splitlines()[-1] == f"release {old} runs at {address}"
    assert page(port)["release"] == old
    listed = json.loads(ci("releases", "staging", "--json"))
    assert [(one["name"], one["status"], one["is_current"]) for one in listed] == [
        (old, "rolled back", True), (new, "deployed", False),
    ]  # fmt: skip
    shown = ci("releases", "staging").splitlines()
    assert [line.split()[:2] for line in shown] == [["*", old], [new, shown[1].split()[1]]]
    assert ci("stop", "staging").startswith(f"stopped release {old} at {address}")
    assert "there is no release before the current one" in ci("rollback", "--environment", "staging", code=2)


def test_a_dry_run_changes_nothing(ci: Ci, project: Project) -> None:
    archive = project.build()
    name = release_of(archive)
    where = project.root / "var/staging"
    said = ci("deploy", "staging", "--archive", str(archive), "--dry-run")
    assert said == f"would deploy release {name}, in {where}\n"
    assert ci("rollback", "-e", "staging", "--dry-run") == (
        f"would go back to the release before the current one, in {where}\n"
    )
    assert not where.exists()


def test_a_deployment_does_not_end_where_what_it_says_can_not_be_written(ci: Ci, project: Project) -> None:
    """The reader of a pipe has gone, or the disk of the log is full; a dry run says as a deployment does."""
    with open("/dev/full", "w", encoding="utf-8") as full:
        ci("deploy", "staging", "--archive", str(project.build()), "--dry-run", stdout=full)


def test_a_home_that_is_none_is_one_line(ci: Ci, project: Project) -> None:
    project.write({"ci/pipeline.toml": DEFINITION.replace("var/staging", "~nobody-there/shop")})
    assert ci("releases", "staging", code=2) == "ci: ~nobody-there/shop: there is no such home\n"


def test_a_misspelt_environment_is_one_line(ci: Ci, project: Project) -> None:
    assert ci("stop", "stagin", code=2) == "ci: there is no environment 'stagin'; did you mean 'staging'?\n"


def test_in_a_rehearsal_every_environment_is_this_machine(ci: Ci, project: Project) -> None:
    said = ci("deploy", "staging", "--dry-run", "--archive", str(project.build()), CI_ENVIRONMENT="local")
    assert said.splitlines()[0] == "CI_ENVIRONMENT is local, so this is a rehearsal here, and staging is left alone"
    assert said.endswith(f", in {project.root / 'var/server'}\n")
