"""New projects of many kinds, as a first user meets each: a fresh clone, an empty home, the README's commands."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ci import definition
from tests.projects.newcomer import ADDRESS, Newcomer
from tests.projects.test_new import files
from tests.repository import Repository
from tests.tool import call

pytestmark = [pytest.mark.engine, pytest.mark.slow]

KINDS = {
    "suggested": [],
    "github-heroku": ["--engines", "github", "--deploy", "heroku", "--python", "3.11,3.13"],
    "jenkins-only": ["--engines", "jenkins", "--deploy", "none", "--no-benchmarks"],
    "another-branch": ["--branch", "trunk", "--name", "my-shop", "--python", "3.11", "--engines", "github,jenkins"],
    "buildbot-bazel": ["--engines", "buildbot,bazel", "--no-benchmarks"],
    "gocd-teamcity": ["--engines", "gocd,teamcity", "--deploy", "heroku", "--no-benchmarks"],
    "every-engine": ["--engines", "bazel,buildbot,github,gocd,jenkins,teamcity", "--deploy", "none"],
    "pinned-tool": ["--engines", "github", "--tool", "index", "--no-benchmarks"],
}


@pytest.fixture
def newcomer(request: pytest.FixtureRequest, wheel_file: Path, tmp_path: Path) -> Iterator[Newcomer]:
    """Somebody with a fresh clone of a project of the kind that the parameter names; its server ends with the test."""
    folder = tmp_path / "project" / "shop"
    call("new", folder, *KINDS[request.param], cwd=tmp_path).check_returncode()
    Repository(folder).commit(message="A project of our own")
    # The index of the machine, and beside it a folder with the release that a pinned project names.
    person = Newcomer.clones(Repository(folder), tmp_path, PIP_FIND_LINKS=str(wheel_file.parent))
    yield person
    person.ci("stop")


@pytest.mark.parametrize("newcomer", KINDS, indirect=True)
def test_both_commands_of_the_readme_pass(newcomer: Newcomer) -> None:
    said = newcomer.passes("run")
    deploys = any(stage.name == "deploy" for stage in definition.load(newcomer.root).pipeline.stage)
    address = ADDRESS.search(said)
    assert (address is not None) is deploys, said
    if address:
        head = Repository(newcomer.root).head[:12]
        for path in ("/", "/healthz"):
            with urllib.request.urlopen(address[1] + path, timeout=10) as answer:
                assert head in answer.read().decode()
    newcomer.passes("run", "test")
    assert Repository(newcomer.root).git("status", "--porcelain") == "", "runs leave nothing that git would take"


@pytest.mark.parametrize("kind", KINDS)
def test_every_validator_of_its_engines_is_silent(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    call("new", folder, *KINDS[kind], cwd=tmp_path).check_returncode()
    Repository(folder).commit()
    done = call("check", "--require", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("newcomer", ["suggested"], indirect=True)
def test_it_works_without_a_network_once_the_packages_are_there(newcomer: Newcomer, tmp_path: Path) -> None:
    """The tool is in the repository, and the packages in the installer's cache."""
    newcomer.passes("run", "lint")
    newcomer.run("rm", "-rf", ".venv", "var", "reports")
    newcomer.variables |= {"UV_OFFLINE": "1", "HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    newcomer.passes("run", "lint")


@pytest.mark.parametrize("newcomer", ["suggested"], indirect=True)
def test_the_locks_are_those_that_its_script_makes(newcomer: Newcomer) -> None:
    newcomer.passes("--version")
    before = files(newcomer.root)
    done = newcomer.run("sh", "ci/lock.sh")
    assert done.returncode == 0, done.stderr
    locks = ("requirements.txt", "requirements-dev.txt")
    assert {path: (newcomer.root / path).read_text() for path in locks} == {
        path: before[path].decode() for path in locks
    }


@pytest.mark.parametrize("newcomer", ["suggested", "pinned-tool"], indirect=True)
def test_an_agent_that_has_only_python_makes_the_environment_of_a_job(newcomer: Newcomer, tmp_path: Path) -> None:
    newcomer.passes("environment", ".job")
    done = newcomer.ci("setup", python=newcomer.root / ".job/bin/python")
    assert done.returncode == 0, done.stderr
    assert newcomer.ci("generate", "--check", python=newcomer.root / ".job/bin/python").returncode == 0
    assert not (newcomer.root / ".venv").exists(), "the job's own environment has the tool"
