"""A workflow that builds and deploys with `ci`, run by act: what reaches Heroku is what the build job kept."""

import json
import os
import shlex
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci import definition, plan
from ci.adapters import github
from ci.adapters.github.pins import WORKFLOW
from tests.ci.deploy.releases import APP, GUNICORN
from tests.engines.workflow_run import WorkflowRun, commit, run_workflow
from tests.fakes import container_engine
from tests.fakes import heroku as fakes
from tests.fakes.heroku import KEY, Heroku
from tests.files import write
from tests.tool import CI, ROOT

pytestmark = pytest.mark.engine

PIPELINE = f"""\
version = 1
name = "shop"
on.push = ["main"]

[environment.production]
target = "heroku"

[[stage]]
name = "build"
run = ['''{shlex.join(CI)} build --stage build app.py gunicorn.conf.py requirements.txt Dockerfile .dockerignore''']
artifacts = {{ dist = ["dist/*"] }}

[[stage]]
name = "deploy"
approval = "production"
when = {{ branch = ["main"], event = ["push"], variable = ["HEROKU_APP"] }}
inputs = ["dist"]
secrets = {{ HEROKU_API_KEY = "heroku-api-key" }}
run = ['''{shlex.join(CI)} deploy''']
"""


@pytest.fixture
def heroku() -> Iterator[Heroku]:
    """The fake Heroku, with a release of before."""
    with fakes.serving() as fake:
        fake.add_release("sha256:old", "old")
        yield fake
    assert fake.faults == []


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A shop, its pipeline and its workflow."""
    root = tmp_path / "project"
    rendered = github.render(plan.compile(definition.parse(PIPELINE).pipeline), github.Options(), {})
    write(root, {
        "app.py": APP.format(starting="", answering=""),
        "gunicorn.conf.py": GUNICORN,
        "requirements.txt": "gunicorn==27.0.1\n",
        "Dockerfile": "FROM scratch\n",
        ".dockerignore": "**\n",
        "pyproject.toml": '[project]\nname = "shop"\n',
        "ci/pipeline.toml": PIPELINE,
        WORKFLOW: rendered.files[WORKFLOW],
    })
    commit(root)
    return root


def run(project: Path, heroku: Heroku, tmp_path: Path, *, app: str) -> WorkflowRun:
    """Push to the default branch."""
    machine = {"PYTHONPATH": str(ROOT), "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "NO_PROXY": "127.0.0.1"}
    machine |= {"HEROKU_API_URL": heroku.address, "HEROKU_REGISTRY_URL": heroku.address}
    variables = {"HEROKU_APP": app} if app else {}
    return run_workflow(
        project, tmp_path / "run", secrets={"HEROKU_API_KEY": KEY}, variables=variables, environment=machine
    )


def test_what_is_deployed_is_the_artifact_of_the_build_job(project: Path, heroku: Heroku, tmp_path: Path) -> None:
    docker = container_engine.install(tmp_path / "bin", "docker")
    done = run(project, heroku, tmp_path, app="shop")
    assert done.results == {"build": "success", "deploy": "success", "gate": "success"}, done.output
    (archive,) = (done.artifacts / "dist").iterdir()
    with tarfile.open(archive) as kept:
        content = kept.extractfile("release.json")
        assert content is not None
        release = json.load(content)
    assert docker.calls()[1]["release"] == release
    assert heroku.pushed["release"] == release["release"]
    assert f"release {release['release']} runs at {heroku.address}" in done.output
    assert KEY not in done.output


def test_without_the_variable_nothing_is_asked_and_the_run_is_green(
    project: Path, heroku: Heroku, tmp_path: Path
) -> None:
    done = run(project, heroku, tmp_path, app="")
    assert done.results == {"build": "success", "gate": "success"}, done.output
    assert heroku.calls == []


def test_a_release_that_does_not_serve_fails_the_run_and_is_taken_back(
    project: Path, heroku: Heroku, tmp_path: Path
) -> None:
    container_engine.install(tmp_path / "bin", "docker")
    heroku.broken = {"/healthz": 503}
    (project / "ci/pipeline.toml").write_text(
        PIPELINE.replace('target = "heroku"', 'target = "heroku"\ntimeout = "1s"'), encoding="utf-8"
    )
    commit(project)
    done = run(project, heroku, tmp_path, app="shop")
    assert done.results["deploy"] == "failure", done.output
    assert f"release old serves again at {heroku.address}: v3, which is v1 again" in done.output
