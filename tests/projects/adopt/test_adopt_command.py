"""``ci adopt``: what it writes, what it refuses, and that git can undo it."""

import subprocess
from pathlib import Path

import pytest

from ci import __version__
from tests.projects.adopt.samples import sample
from tests.repository import Repository
from tests.tool import call


def adopt(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """`ci adopt` in a folder."""
    return call("adopt", *arguments, cwd=folder)


@pytest.fixture
def project(folder: Path) -> Repository:
    """A sample, committed."""
    return sample("flask-factory", folder)


ADOPTED = [
    ".github/dependabot.yml", ".github/workflows/ci.yml", ".gitignore", "Jenkinsfile", "ci/__main__.py",
    "ci/pipeline.toml", f"ci/pipeline_everywhere-{__version__}-py3-none-any.whl", "ci/requirements.txt",
]  # fmt: skip


def changed(project: Repository) -> list[str]:
    """Paths of what git sees as changed."""
    return sorted(line[2:].strip() for line in project.git("status", "--porcelain", "-uall").splitlines())


def test_a_dry_run_writes_nothing_and_says_the_same(project: Repository) -> None:
    dry = adopt(project.root, "--dry-run")
    assert changed(project) == []
    done = adopt(project.root)
    assert done.stdout == dry.stdout + (
        "\nnothing is committed yet; git undoes it with: git checkout . && git clean -fd\nnext:\n"
        '  python3 -m ci run\n  git add --all && git commit -m "A pipeline for laptops and CI engines"\n'
    )
    assert changed(project) == ADOPTED


def test_git_undoes_it(project: Repository) -> None:
    before = sorted(project.root.rglob("[!.]*"))
    adopt(project.root)
    project.git("checkout", "--quiet", ".")
    project.git("clean", "-fdq")
    assert changed(project) == []
    assert sorted(project.root.rglob("[!.]*")) == before


def test_what_it_wrote_is_up_to_date(project: Repository) -> None:
    adopt(project.root)
    assert call("generate", "--check", cwd=project.root).returncode == 0


def test_options_replace_what_the_project_says(project: Repository) -> None:
    adopt(project.root, "--engines", "jenkins", "--name", "Notes", "--branch", "trunk", "--python", "3.12,3.13")
    assert (project.root / "ci/pipeline.toml").read_text() == """\
# How this project is checked, on a laptop (ci run) and on every engine (ci generate).
version = 1
name = "Notes"
default-branch = "trunk"
python = "3.13"
targets = ["jenkins"]
cache = [{ paths = ["~/.cache/pip"], key-files = ["pyproject.toml"] }]
setup = ['python -m pip install -e ".[test]"']

[on]
push = ["trunk"]
pull-request = ["trunk"]

[[stage]]
name = "test"
matrix = { python = ["3.12", "3.13"] }
run = ["python -m pytest --junitxml=reports/junit.xml"]
reports = { junit = "reports/junit.xml" }
"""
    assert not (project.root / ".github").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"*.pyc", b"*.pyc\n/var/\n/reports/\n"),
        (b"*.pyc\r\n", b"*.pyc\r\n/var/\r\n/reports/\r\n"),
        (b"var/\nreports\n", b"var/\nreports\n"),
        (b"/var\n*.whl\n", b"/var\n*.whl\n/reports/\n!/ci/pipeline_everywhere-%s-py3-none-any.whl\n"),
    ],
)
def test_gitignore_gets_what_it_lacks(old: bytes, new: bytes, project: Repository) -> None:
    (project.root / ".gitignore").write_bytes(old)
    project.commit()
    adopt(project.root)
    assert (project.root / ".gitignore").read_bytes() == new.replace(b"%s", __version__.encode())


def test_the_default_branch_is_that_of_origin(project: Repository, tmp_path: Path) -> None:
    project.git("branch", "--move", "trunk")
    clone = project.clone(tmp_path / "clone")
    clone.git("checkout", "--quiet", "-b", "feature")
    adopt(clone.root)
    assert 'default-branch = "trunk"' in (clone.root / "ci/pipeline.toml").read_text()


def test_an_engine_in_whose_place_a_file_of_the_project_stands_is_left_out(project: Repository) -> None:
    project.commit({"Jenkinsfile": "node { sh 'make' }\n", ".github/workflows/lint.yml": "uses: actions/checkout@v4\n"})
    done = adopt(project.root)
    assert "  jenkins: Jenkinsfile is the project's own, so nothing is written for jenkins\n" in done.stdout
    assert 'targets = ["github"]' in (project.root / "ci/pipeline.toml").read_text()
    assert (project.root / "Jenkinsfile").read_text() == "node { sh 'make' }\n"


def test_an_engine_that_was_asked_for_replaces_a_file_only_by_force(project: Repository) -> None:
    project.commit({"Jenkinsfile": "node { sh 'make' }\n"})
    refused = adopt(project.root, "--engines", "jenkins")
    assert (refused.returncode, refused.stderr) == (
        2, "ci: Jenkinsfile: the project's own; move it away, or replace it with --force\n",
    )  # fmt: skip
    assert adopt(project.root, "--engines", "jenkins", "--force").returncode == 0
    assert (project.root / "Jenkinsfile").read_text().startswith("// Generated from ci/pipeline.toml")


def test_a_second_time_is_refused_unless_forced(project: Repository) -> None:
    adopt(project.root)
    project.commit()
    refused = adopt(project.root)
    assert refused.returncode == 2
    assert refused.stderr.startswith("ci: ci/pipeline.toml is here already: this project has a pipeline.")
    assert adopt(project.root, "--force").returncode == 0
    assert changed(project) == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"ci/__init__.py": ""}, "ci: ci/__init__.py makes `ci` a Python package of this project, and the tool is "
         "started by that name (python3 -m ci): rename it, then adopt again"),
        ({"ci.py": ""}, "ci: ci.py makes `ci` a Python package of this project, and the tool is "
         "started by that name (python3 -m ci): rename it, then adopt again"),
        ({"ci/__main__.py": ""}, "ci: ci/__main__.py is the project's own, and the tool needs that name: move it away"),
    ],
)  # fmt: skip
def test_a_project_in_which_the_tool_has_no_room_is_refused(
    files: dict[str, str], message: str, project: Repository
) -> None:
    project.commit(files)
    refused = adopt(project.root)
    assert (refused.returncode, refused.stderr.splitlines()) == (2, [message])


def test_a_folder_ci_with_scripts_is_no_obstacle(project: Repository) -> None:
    project.commit({"ci/build.sh": "make\n"})
    assert adopt(project.root).returncode == 0


def test_changes_that_are_not_committed_are_refused(project: Repository) -> None:
    project.write({"notebook/new.py": ""})
    refused = adopt(project.root)
    assert refused.returncode == 2
    assert refused.stderr.startswith("ci: the working tree has changes that are not committed:\n  notebook/new.py\n")
    assert adopt(project.root, "--dry-run").returncode == 0


def test_in_a_folder_of_the_project_it_is_the_project_that_is_adopted(project: Repository) -> None:
    assert adopt(project.root / "notebook").returncode == 0
    assert changed(project) == ADOPTED


def test_from_a_folder_of_the_project_the_commands_lead_to_its_top(project: Repository) -> None:
    (project.root / "a folder").mkdir()
    said = adopt(project.root / "a folder").stdout
    top = project.root
    assert f"git undoes it with: cd {top} && git checkout . && git clean -fd\nnext:\n  cd {top}\n  python3" in said


def test_what_was_not_committed_is_not_said_to_come_back(project: Repository) -> None:
    project.write({"mine.txt": ""})
    assert "git undoes" not in adopt(project.root, "--force").stdout


def test_above_projects_it_names_them(folder: Path) -> None:
    project = sample("monorepo", folder)
    refused = adopt(project.root)
    assert (refused.returncode, refused.stderr) == (
        2,
        "ci: the top folder is no Python project, but there are some below it: packages/shop\n"
        "go into the one that the pipeline is for, then adopt: cd packages/shop && ci adopt\n",
    )


def test_where_no_project_is_it_says_so(folder: Path) -> None:
    Repository.create(folder).commit({"README": ""})
    assert adopt(folder).stderr == (
        "ci: there is no Python project here: no pyproject.toml, setup.py, requirements.txt or module is among the "
        "files that git knows. Add them with `git add`, or make a new project: ci new DIRECTORY\n"
    )


def test_without_a_repository_it_says_how_to_make_one(folder: Path) -> None:
    folder.mkdir()
    assert adopt(folder).stderr.startswith(f"ci: {folder} is no git repository that can be read.")
