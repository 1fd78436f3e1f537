"""`ci update`: the tool of a project, from the version before to this one, whatever comes in between."""

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import ci
from ci.distribution import contents, wheel
from ci.distribution.contents import Contents
from ci.projects import template, tool, update
from ci.projects.choices import Choices
from ci.projects.changes import Changes
from tests.processes import until
from tests.projects.newcomer import BASE_PYTHON, Newcomer
from tests.repository import Repository
from tests.tool import ROOT

pytestmark = pytest.mark.engine  # they install packages, from what this machine has of them

OLD, NEW = "0.1.9", ci.__version__


@pytest.fixture(scope="module")
def older() -> wheel.Wheel:
    """The wheel of the release before: this one under another version, with a text of its own for workflows."""
    now = contents.of_source(ROOT)
    files = {path: content.replace(NEW.encode(), OLD.encode()) for path, content in now.files.items()}
    name = "ci/adapters/github/workflow.py"
    files[name] = files[name].replace(b"Action pins are the exception", b"Action pins are an exception")
    metadata = now.information["METADATA"].replace(f"Version: {NEW}\n".encode(), f"Version: {OLD}\n".encode())
    return wheel.of(Contents(OLD, files, {**now.information, "METADATA": metadata}))


@pytest.fixture
def project(older: wheel.Wheel, tmp_path: Path) -> Newcomer:
    """A project that the older tool made, as one commit."""
    choices = Choices("shop", engines=("github",))
    repository = Repository.create(tmp_path / "shop")
    Changes(repository.root, template.tree(choices, older, sample=contents.sample())).apply()
    person = Newcomer(repository.root, tmp_path / "home")
    person.passes("generate")
    repository.commit()
    return person


def versions(person: Newcomer) -> set[str]:
    """What the project's tool says of itself, however it is started."""
    said = {person.passes("--version"), person.run(person.root / ".venv/bin/ci", "--version").stdout}
    return {text.strip() for text in said}


def test_the_wheel_the_lock_and_the_engines_files_are_the_newer_ones(project: Newcomer, wheel_file: Path) -> None:
    assert versions(project) == {f"ci {OLD}"}
    said = project.passes("update", str(wheel_file))
    assert said.splitlines()[:4] == [
        f"from {OLD} to {NEW}",
        f"  new       ci/pipeline_everywhere-{NEW}-py3-none-any.whl",
        "  replaced  requirements-dev.txt",
        f"  removed   ci/pipeline_everywhere-{OLD}-py3-none-any.whl",
    ]
    assert f"## {NEW}" in said, "what has changed is said"
    Repository(project.root).git("add", "--all")
    assert Repository(project.root).git("diff", "--cached", "--no-renames", "--name-only").splitlines() == [
        ".github/workflows/ci.yml", f"ci/pipeline_everywhere-{OLD}-py3-none-any.whl",
        f"ci/pipeline_everywhere-{NEW}-py3-none-any.whl", "requirements-dev.txt",
    ]
    assert versions(project) == {f"ci {NEW}"}
    assert project.passes("generate", "--check") == ""


def test_the_lock_afterwards_is_the_one_that_its_script_makes(project: Newcomer, wheel_file: Path) -> None:
    project.passes("update", str(wheel_file))
    lock = (project.root / "requirements-dev.txt").read_text()
    done = project.run("sh", "ci/lock.sh", "--offline")
    assert done.returncode == 0, done.stderr
    assert (project.root / "requirements-dev.txt").read_text() == lock


def test_a_second_time_there_is_nothing_to_do(project: Newcomer, wheel_file: Path) -> None:
    project.passes("update", str(wheel_file))
    Repository(project.root).commit()
    assert project.passes("update", str(wheel_file)) == f"nothing to do: this project has {NEW}\n"


def test_what_was_changed_by_hand_is_refused_first(project: Newcomer, wheel_file: Path) -> None:
    (project.root / "README.md").write_text("mine\n")
    done = project.ci("update", str(wheel_file))
    assert done.returncode == 2 and "has changes that are not committed:\n  README.md\n" in done.stderr


def test_a_dry_run_changes_nothing(project: Newcomer, wheel_file: Path) -> None:
    assert f"from {OLD} to {NEW}" in project.passes("update", "--dry-run", str(wheel_file))
    assert Repository(project.root).git("status", "--porcelain") == ""


def test_the_newest_of_the_index_is_taken(project: Newcomer, wheel_file: Path) -> None:
    project.variables["PIP_FIND_LINKS"] = str(wheel_file.parent)
    project.variables["PIP_NO_INDEX"] = "1"
    assert f"from {OLD} to {NEW}" in project.passes("update", "--dry-run")
    assert f"from {OLD} to {NEW}" in project.passes("update", "--dry-run", NEW)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "ci: ci/lock.sh is missing, which makes requirements-dev.txt: take it from an older commit\n"),
        ("", f"ci: `sh ci/lock.sh` does not bring pipeline-everywhere {NEW}, with the hash of that wheel, into "
         "requirements-dev.txt, so nothing was changed: mend that script\n"),
    ],
)  # fmt: skip
def test_a_script_that_makes_no_lock_changes_nothing(
    project: Newcomer, wheel_file: Path, script: str | None, message: str
) -> None:
    project.passes("--version")
    repository = Repository(project.root)
    repository.git("rm", "--quiet", "ci/lock.sh")
    repository.commit({"ci/lock.sh": script} if script is not None else {})
    assert project.ci("update", str(wheel_file)).stderr == message
    assert repository.git("status", "--porcelain") == ""


@pytest.mark.parametrize("done", range(4))
def test_a_project_works_whatever_step_was_the_last(project: Newcomer, wheel_file: Path, done: int) -> None:
    prepared = update.prepare(project.root, str(wheel_file), say=lambda _: None)
    assert len(prepared.steps) == 3
    for step in prepared.steps[:done]:
        step.apply()
    assert versions(project) == {f"ci {OLD if done < 2 else NEW}"}
    project.passes("update", "--force", str(wheel_file))
    assert [path.name for path in project.root.glob("ci/*.whl")] == [wheel_file.name]
    assert project.passes("generate", "--check") == ""


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(3))
def test_killed_at_any_moment_it_goes_on_the_next_time(project: Newcomer, wheel_file: Path, moment: int) -> None:
    seen: list[Callable[[], bool]] = [
        lambda: (project.root / "ci" / wheel_file.name).exists(),
        lambda: NEW in (project.root / "requirements-dev.txt").read_text(),
        lambda: not (project.root / "ci" / f"pipeline_everywhere-{OLD}-py3-none-any.whl").exists(),
    ]
    command = [BASE_PYTHON, "-m", "ci", "update"]
    with subprocess.Popen([*command, wheel_file], cwd=project.root, env=project.variables) as process:
        until(lambda: seen[moment]() or process.poll() is not None)
        process.send_signal(signal.SIGKILL)
    assert len(versions(project)) == 1
    project.passes("update", "--force", str(wheel_file))
    assert versions(project) == {f"ci {NEW}"}


def test_a_tool_with_a_lock_of_its_own_is_updated_without_asking_an_index(
    older: wheel.Wheel, wheel_file: Path, tmp_path: Path
) -> None:
    """As `ci adopt` puts it into a project whose packages are its own business."""
    repository = Repository.create(tmp_path / "shop")
    packages = (ROOT / "ci/projects/texts/tool-lock.txt").read_text()
    lock = tool.lock(packages, tool.Pin(OLD, (older.sha256,)), "kept", path=tool.OWN_LOCK)
    pipeline = b'version = 1\nname = "shop"\ntargets = []\n[[stage]]\nname = "test"\nrun = ["true"]\n'
    files = {**tool.files(older, "kept"), tool.OWN_LOCK: lock.encode(), "ci/pipeline.toml": pipeline}
    Changes(repository.root, {**files, ".gitignore": b"/var/\n"}).apply()
    repository.commit()
    person = Newcomer(repository.root, tmp_path / "home")
    assert person.passes("--version") == f"ci {OLD}\n"
    person.passes("update", str(wheel_file))
    assert person.passes("--version") == f"ci {NEW}\n"
    assert not (repository.root / ".venv").exists()
