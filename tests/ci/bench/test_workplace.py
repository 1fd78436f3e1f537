"""Both sides before anything is measured: checkouts and environments, and what is left of them."""

import os
import site
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ci.bench import workplace
from ci.bench.workplace import NotComparable
from ci.installer import EnvironmentProblem
from ci.runner import descendants
from tests.ci.offline_machine import CLOSED_INDEX, Machine, publish
from tests.processes import until
from tests.repository import Repository

#: Finds what this interpreter has, so that the environment is whole without a network.
SHARED = {
    "shared.pth": "".join(f"{folder}\n" for folder in site.getsitepackages()),
    "pytest_benchmark-1.0.dist-info/entry_points.txt": "[pytest11]\nbenchmark = pytest_benchmark.plugin\n",
}


def silent(_text: str) -> None:
    """Says it to nobody."""


@pytest.fixture
def folder(repository: Repository) -> Iterator[Path]:
    with workplace.opened(repository.root, say=silent) as folder:
        yield folder


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine without a network, whose index has a pytest-benchmark."""
    machine = Machine(tmp_path / "machine")
    for name, value in machine.variables.items():
        monkeypatch.setenv(name, f"{value}:{os.environ['PATH']}" if name == "PATH" else value)
    return machine


def python_of_base(repository: Repository, folder: Path, say: Callable[[str], None] = silent) -> Path:
    """The interpreter for the commit before HEAD."""
    before = repository.git("rev-parse", "HEAD~1")
    return workplace.base_side(repository.root, before, folder, default_branch="main", say=say).python


def test_the_base_is_a_checkout_of_its_own_and_the_head_the_working_tree(repository: Repository, folder: Path) -> None:
    """The user's repository never knows: not even a worktree is noted there."""
    first = repository.commit({"app.py": "1"})
    repository.commit({"app.py": "2"})
    before = repository.git("for-each-ref"), sorted(os.listdir(repository.root / ".git"))
    repository.write({"app.py": "3"})
    base = workplace.base_side(repository.root, first, folder, default_branch="main", say=silent)
    head = workplace.head_side(repository.root, folder)
    assert [(side.folder / "app.py").read_text() for side in (base, head)] == ["1", "3"]
    assert Repository(base.folder).head == first
    assert (base.python, head.python) == (Path(sys.executable), Path(sys.executable))
    assert (repository.git("for-each-ref"), sorted(os.listdir(repository.root / ".git"))) == before


def test_the_users_module_path_leads_each_side_into_its_own_checkout(
    repository: Repository, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository.root)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["lib", "", str(folder.parents[2] / "more"), "/elsewhere"]))
    base = workplace.base_side(repository.root, repository.head, folder, default_branch="main", say=silent)
    head = workplace.head_side(repository.root, folder)
    for side in (base, head):
        assert side.env["PYTHONPATH"].split(os.pathsep) == [f"{side.folder}/lib", f"{side.folder}/more", "/elsewhere"]


def test_nothing_is_left(repository: Repository) -> None:
    """Neither a file nor a process, whatever stopped the comparison."""
    with pytest.raises(KeyboardInterrupt), workplace.opened(repository.root, say=silent) as folder:
        side = workplace.head_side(repository.root, folder)
        process = subprocess.Popen(["sleep", "60"], env={**os.environ, **side.env}, start_new_session=True)
        temporary = Path(tempfile.mkdtemp())
        raise KeyboardInterrupt
    assert process.wait() < 0
    assert not temporary.parent.exists()
    assert list((repository.root / "var" / "bench").iterdir()) == []


def test_what_a_killed_comparison_left_is_removed_by_the_next(repository: Repository) -> None:
    name = uuid.uuid4().hex[:8]
    left = repository.root / "var" / "bench" / name
    (left / "base").mkdir(parents=True)
    temporary = Path(tempfile.gettempdir(), f"ci-bench-{name}")
    temporary.mkdir()
    env = {**os.environ, descendants.COOKIE: f"{name}/bench"}
    process = subprocess.Popen(["sleep", "60"], env=env, start_new_session=True)
    until(lambda: bool(descendants.alive(f"{name}/")))
    notes: list[str] = []
    with workplace.opened(repository.root, say=notes.append):
        assert process.wait() < 0
        assert not left.exists() and not temporary.exists()
    assert notes == [f"an earlier run was killed: removed its folder {name} and ended 1 of its processes"]


def test_what_a_checkout_lacks_is_said(repository: Repository, folder: Path) -> None:
    first = repository.commit({".gitmodules": "", ".gitattributes": "*.bin filter=lfs\n"})
    notes: list[str] = []
    workplace.base_side(repository.root, first, folder, default_branch="main", say=notes.append)
    assert [note.partition(":")[0] for note in notes] == [
        "submodules are not checked out in the base",
        "files that Git LFS keeps are whole in the base only where LFS is set up for this user",
    ]


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ({}, "the base has no requirements-dev.txt, so nothing says what its benchmarks need"),
        (
            {"requirements-dev.txt": "pytest==9.0\n"},
            "the base's requirements-dev.txt does not name pytest-benchmark, so it has no benchmarks",
        ),
    ],
    ids=["no lock", "another lock"],
)
def test_a_base_from_before_the_benchmarks_can_t_be_compared(
    repository: Repository, folder: Path, lock: dict[str, str], reason: str
) -> None:
    repository.commit(lock)
    repository.commit({"requirements-dev.txt": "pytest-benchmark==5.0\n"})
    with pytest.raises(NotComparable) as caught:
        python_of_base(repository, folder)
    assert str(caught.value) == reason


def test_a_base_with_other_packages_has_an_environment_of_its_own_which_is_kept(
    repository: Repository, folder: Path, machine: Machine
) -> None:
    repository.commit({"requirements-dev.txt": publish(machine.index, "pytest-benchmark", SHARED)})
    repository.commit({"requirements-dev.txt": "pytest-benchmark==5.0\n"})
    environments, notes = repository.root / "var/environments", list[str]()
    unused, used = environments / "base-unused", environments / "base-used"
    for prefix, days in ((unused, 15), (used, 13)):
        prefix.mkdir(parents=True)
        os.utime(prefix, (0, time.time() - days * 86_400))
    python = python_of_base(repository, folder, notes.append)
    assert sorted(environments.iterdir()) == sorted([python.parents[1], used])
    assert subprocess.run([python, "-c", "import pytest_benchmark"]).returncode == 0
    assert notes[0] == "the base's requirements-dev.txt differs, so the base has an environment of its own"
    with workplace.opened(repository.root, say=silent) as another:
        notes.clear()
        assert python_of_base(repository, another, notes.append) == python
        assert len(notes) == 1


def test_environments_of_bases_go_also_when_none_is_needed(repository: Repository, folder: Path) -> None:
    """Also what is no environment any more: another comparison may be removing it."""
    unused = repository.root / "var/environments/base-unused"
    unused.mkdir(parents=True)
    os.utime(unused, (0, 0))
    (unused.parent / "base-gone").symlink_to("nowhere")
    repository.commit()
    python_of_base(repository, folder)
    assert not unused.exists()


def test_without_a_network_the_message_says_what_could_not_be_installed(
    repository: Repository, folder: Path, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"requirements-dev.txt": publish(machine.index, "pytest-benchmark", SHARED)})
    repository.commit({"requirements-dev.txt": "pytest-benchmark==5.0\n"})
    for name in ("PIP_FIND_LINKS", "PIP_NO_INDEX"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_INDEX_URL", CLOSED_INDEX)
    with pytest.raises(EnvironmentProblem, match="no network: the server can't be reached"):
        python_of_base(repository, folder)
