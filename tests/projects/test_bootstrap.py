"""The file that starts a project's tool where nothing is installed, with the wheel that the lock means."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import ci
from ci.distribution import contents, wheel
from ci.projects import tool
from ci.projects.changes import Changes
from ci.projects.choices import Tool
from tests.ci.offline_machine import python_copy
from tests.projects.newcomer import Newcomer
from tests.tool import ROOT

WHEEL = f"ci/pipeline_everywhere-{ci.__version__}-py3-none-any.whl"
FETCHED = f"var/tool/pipeline_everywhere-{ci.__version__}-py3-none-any.whl"

Project = Callable[[Tool], Newcomer]


@pytest.fixture
def project(wheel_file: Path, tmp_path: Path) -> Project:
    """Makes a project that keeps its tool, or pins it; the release of the pin is in a folder, and pip asks no index."""

    def made(kept: Tool) -> Newcomer:
        of_checkout = wheel.of(contents.of_source(ROOT))
        lock = tool.lock("", tool.Pin(of_checkout.version, (of_checkout.sha256,)), kept, path=tool.OWN_LOCK)
        files = {**tool.files(of_checkout, kept), tool.OWN_LOCK: lock.encode(), "ci/pipeline.toml": b""}
        Changes(tmp_path / "shop", files).apply()
        return Newcomer(tmp_path / "shop", tmp_path / "home", PIP_FIND_LINKS=str(wheel_file.parent), PIP_NO_INDEX="1")

    return made


def starts(person: Newcomer, **options: Path) -> "subprocess.CompletedProcess[str]":
    """Ask the tool for something that needs no environment."""
    return person.ci("environment", "--help", **options)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:1000],
        lambda content: content[:5000] + b"other" + content[5005:],
        lambda content: b"version https://git-lfs.github.com/spec/v1\n",
    ],
    ids=["empty", "cut off", "changed", "pointer of Git LFS"],
)
def test_a_damaged_wheel_is_named(project: Project, damage: Callable[[bytes], bytes]) -> None:
    person = project("kept")
    path = person.root / WHEEL
    path.write_bytes(damage(path.read_bytes()))
    done = starts(person)
    assert (done.returncode, done.stderr) == (
        1, f"ci: {WHEEL} is damaged, or not the one that the lock means: git checkout -- {WHEEL}\n"
    )


def test_a_lock_without_the_tool_is_named(project: Project) -> None:
    person = project("kept")
    (person.root / tool.OWN_LOCK).write_text("flask==3.1.2\n")
    done = starts(person)
    assert (done.returncode, done.stderr) == (
        1,
        "ci: neither ci/requirements.txt nor requirements-dev.txt names pipeline-everywhere: take that line from an "
        "older commit\n",
    )


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_a_lock_is_read_whatever_its_line_ends_and_hashes_are(project: Project, end: str) -> None:
    person = project("kept")
    (person.root / tool.OWN_LOCK).write_text(f"pipeline-everywhere=={ci.__version__}; python_version > '3'{end}")
    assert starts(person).returncode == 0


def test_a_pinned_tool_is_fetched_once_and_again_when_it_is_damaged(project: Project) -> None:
    person = project("index")
    assert starts(person).returncode == 0
    whole = (person.root / FETCHED).read_bytes()
    person.variables["PIP_FIND_LINKS"], folder = "", person.variables["PIP_FIND_LINKS"]
    assert starts(person).returncode == 0, "it is there"
    person.variables["PIP_FIND_LINKS"] = folder
    (person.root / FETCHED).write_bytes(whole[:1000])
    assert starts(person).returncode == 0
    assert [path.name for path in (person.root / "var/tool").iterdir()] == [Path(FETCHED).name]
    assert (person.root / FETCHED).read_bytes() == whole


def test_a_pinned_tool_is_fetched_when_temporary_files_are_on_another_disk(project: Project) -> None:
    elsewhere = Path("/dev/shm")
    person = project("index")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == person.root.stat().st_dev:
        pytest.skip("this machine has one disk")
    person.variables["TMPDIR"] = str(elsewhere)
    assert starts(person).returncode == 0


def test_a_pinned_tool_is_fetched_by_somebody_who_lets_pip_install_nothing_outside_of_environments(
    project: Project,
) -> None:
    person = project("index")
    person.variables["PIP_REQUIRE_VIRTUALENV"] = "1"
    assert starts(person).returncode == 0


def test_a_python_with_neither_pip_nor_venv_is_told_so(project: Project, tmp_path: Path) -> None:
    python = python_copy(tmp_path / "python", without=("venv", "ensurepip"))
    done = starts(project("index"), python=python)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        1, f"ci: {python} has to have pip or venv; Debian, Ubuntu: apt-get install python3-venv"
    )


def test_a_folder_that_takes_no_files_is_named(project: Project) -> None:
    person = project("index")
    (person.root / "var").touch()
    done = starts(person)
    assert (done.returncode, done.stderr) == (
        1, f"ci: the tool can't be started: [Errno 20] Not a directory: '{person.root}/var/tool'\n"
    )
