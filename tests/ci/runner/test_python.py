"""Which Python a job gets."""

import subprocess
import sys
from pathlib import Path

import pytest

from ci import claim
from ci.runner import Options
from tests.ci.runner.project import Project

RUNNING = "{}.{}".format(*sys.version_info)
MISSING = "no Python 3.99 on this machine (uv python install 3.99)"
SAY = """run = ["python -c 'import sys; print(sys.prefix)'", 'echo "$VIRTUAL_ENV ${PYTHONPATH-unset}"']"""


def pipeline(version: str, *, axis: bool = False) -> str:
    return (
        f'[[stage]]\nname = "job"\nmatrix = {{ python = ["{version}"] }}\n{SAY}' if axis
        else f'python = "{version}"\n[[stage]]\nname = "job"\n{SAY}'
    )


@pytest.fixture
def own_environment_folder(project: Project) -> Path:
    """The project's .venv, with the running Python, as the tool made it."""
    (project.root / ".gitignore").write_text("/var/\n/reports/\n.venv\n")
    folder = project.root / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (folder / claim.NAME).write_text(claim.OURS)
    return folder


def test_the_projects_environment_serves_jobs_of_its_version(
    project: Project, own_environment_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setenv("VIRTUAL_ENV", "/nowhere")
    run = project.run(pipeline(RUNNING))
    assert run.said("job") == [str(own_environment_folder), f"{own_environment_folder} unset"]


def test_an_environment_of_the_users_own_is_left_alone(project: Project, own_environment_folder: Path) -> None:
    """What it holds is somebody else's business: poetry's, or `uv sync`'s."""
    (own_environment_folder / claim.NAME).unlink()
    made = project.root / "var" / "environments" / RUNNING
    assert project.run(pipeline(RUNNING)).said("job")[-2:] == [str(made), f"{made} unset"]


def test_other_versions_get_an_environment_that_is_made_once(project: Project) -> None:
    made = project.root / "var" / "environments" / RUNNING
    run = project.run(pipeline(RUNNING))
    assert run.said("job")[-2:] == [str(made), f"{made} unset"]
    again = project.run(pipeline(RUNNING))
    assert again.said("job") == [str(made), f"{made} unset"]


def test_an_environment_whose_making_was_interrupted_is_made_anew(project: Project) -> None:
    project.run(pipeline(RUNNING))
    state = project.root / "var" / "environments" / RUNNING / claim.NAME
    state.write_text(claim.OURS + claim.UNFINISHED)
    (state.parent / "half-done").touch()
    assert project.run(pipeline(RUNNING)).results == {"job": "success"}
    assert not (state.parent / "half-done").exists()


def test_a_set_up_that_is_going_on_in_the_projects_environment_does_not_matter(
    project: Project, own_environment_folder: Path
) -> None:
    (own_environment_folder / claim.NAME).write_text(claim.OURS + claim.UNFINISHED)
    assert project.run(pipeline(RUNNING)).said("job")[0] == str(own_environment_folder)


def test_clean_takes_a_fresh_environment_for_the_run(project: Project, own_environment_folder: Path) -> None:
    run = project.run(pipeline(RUNNING), Options(clean=True))
    assert run.said("job")[-2].startswith(str(project.root / "var" / "runs"))
    assert not (project.root / "var" / "environments").exists()


def test_a_matrix_cell_without_its_interpreter_is_skipped(project: Project) -> None:
    run = project.run(pipeline("3.99", axis=True))
    assert (run.results, run.exit_code) == ({"job-3.99": "skipped"}, 0)
    assert run.job["job-3.99"].note == MISSING


def test_any_other_job_makes_do_with_the_projects_environment_and_says_so(
    project: Project, own_environment_folder: Path
) -> None:
    run = project.run(pipeline("3.99"))
    assert run.said("job")[0] == str(own_environment_folder)
    assert run.job["job"].note == f"with Python {RUNNING}: {MISSING}"


@pytest.mark.parametrize("axis", [True, False])
def test_clean_insists_on_the_version(project: Project, *, axis: bool) -> None:
    run = project.run(pipeline("3.99", axis=axis), Options(clean=True))
    assert [(job.result, job.note) for job in run.result.jobs] == [("failure", MISSING)]


def test_a_job_without_a_version_gets_the_path_as_it_is(project: Project, own_environment_folder: Path) -> None:
    assert project.text("command -v python3")[0] != f"{own_environment_folder}/bin/python3"
