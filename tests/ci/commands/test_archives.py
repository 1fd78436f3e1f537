"""Which archive `ci deploy` takes, and what it says where there is none or more than one."""

import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ci.deploy.releases import Project
from tests.repository import isolate
from tests.tool import CI

DEFINITION = f"""\
version = 1
name = "shop"

[[stage]]
name = "test"
run = ["true"]

[[stage]]
name = "package"
run = ['''{shlex.join(CI)} build app.py''']
artifacts = {{ release = ["dist/*"] }}
"""
KEPT = "var/artifacts/release/dist"

Ci = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    isolate(monkeypatch)
    made = Project.create(tmp_path / "shop")
    made.commit({"ci/pipeline.toml": DEFINITION, ".gitignore": "/var/\n/reports/\n/dist/\n"})
    return made


@pytest.fixture
def ci(project: Project) -> Ci:
    """Run the command line in the project, and return what it says."""

    def call(*arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [*CI, *arguments], cwd=project.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    return call


def would_deploy(project: Project, release: str) -> str:
    return f"would deploy release {release}, in {project.root}/var/server\n"


def test_what_the_last_run_built_is_deployed(ci: Ci, project: Project) -> None:
    ci("run", "package")
    release = project.head[:12]
    assert ci("deploy", "--dry-run") == (
        f"deploying what the last run built, {KEPT}/shop-{release}.tar.gz, of commit {release[:10]}\n"
        + would_deploy(project, release)
    )


def test_what_the_last_run_built_of_the_same_changes_is_deployed(ci: Ci, project: Project) -> None:
    project.write({"app.py": "changed = True\n"})
    ci("run", "package")
    release = project.head[:12]
    assert ci("deploy", "--dry-run") == (
        f"deploying what the last run built, {KEPT}/shop-{release}-dirty.tar.gz, of commit {release[:10]} with "
        "changes\n" + would_deploy(project, f"{release}-dirty")
    )


def test_what_was_built_before_a_change_is_not_deployed_by_itself(ci: Ci, project: Project) -> None:
    ci("run", "package")
    release = project.head[:12]
    project.write({"app.py": "changed = True\n"})
    assert ci("deploy", "--dry-run", code=2) == (
        f"ci: there is no archive in dist/, and what the last run built is of commit {release[:10]}, not of the "
        "working tree as it is; make one with: ci run package\n"
        f"to deploy that one: ci deploy --archive {KEPT}/shop-{release}.tar.gz\n"
    )


def test_the_one_in_dist_is_deployed_without_a_word(ci: Ci, project: Project) -> None:
    ci("run", "package")
    ci("build", "app.py")
    assert ci("deploy", "--dry-run") == would_deploy(project, project.head[:12])


def test_without_an_archive_the_job_that_makes_one_is_named(ci: Ci, project: Project) -> None:
    advice = "make one with: ci run package\n"
    assert ci("deploy", code=2) == f"ci: there is no archive in dist/; {advice}"
    assert ci("deploy", "--archive", "x.tar.gz", code=2) == f"ci: there is no archive x.tar.gz; {advice}"


def test_without_a_job_that_makes_one_the_command_is_named(ci: Ci, project: Project) -> None:
    project.write({"ci/pipeline.toml": DEFINITION.replace("dist/*", "wheels/*")})
    assert ci("deploy", code=2) == "ci: there is no archive in dist/; make one with: ci build PATH...\n"


def test_of_several_archives_one_has_to_be_named(ci: Ci, project: Project) -> None:
    project.write({"dist/a.tar.gz": "", "dist/b.tar.gz": ""})
    assert ci("deploy", "local", code=2) == (
        "ci: there are 2 archives in dist/; name the one to deploy:\n"
        "  ci deploy local --archive dist/a.tar.gz\n"
        "  ci deploy local --archive dist/b.tar.gz\n"
    )


def test_a_run_with_arguments_builds_nothing_to_deploy(ci: Ci, project: Project) -> None:
    ci("run", "package", "--", "requirements.txt")
    assert ci("deploy", code=2) == "ci: there is no archive in dist/; make one with: ci run package\n"
