"""How long it is from `git clone` to the address of the running release, for somebody new. Printed only.

Packages are in the installer's cache, and nothing else is: no environment, an empty home. Promised: half a minute.
"""

import json
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.projects.newcomer import ADDRESS, Newcomer
from tests.repository import Repository
from tests.tool import CI, ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(params=["a new project", "this repository"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Repository:
    """What is cloned; its branch is main."""
    if request.param == "this repository":
        made = Repository(ROOT).clone(tmp_path / "this")
        made.git("checkout", "--quiet", "-B", "main")
        return made
    subprocess.run([*CI, "new", tmp_path / "shop"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    made = Repository(tmp_path / "shop")
    made.commit(message="A project of our own")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where somebody new works; the release that serves ends with the test."""
    made = tmp_path / "somebody"
    made.mkdir()
    yield made
    Newcomer(made / "clone", made / "home").ci("stop")


def first_run(project: Repository, folder: Path) -> str:
    """Clone the project and run its pipeline: the address of the release."""
    address = ADDRESS.search(Newcomer.clones(project, folder).passes("run"))
    assert address
    return address[1]


def cpu_seconds() -> float:
    """What ended processes of this one took until now, those that they started included."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_first_run(
    benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], project: Repository, folder: Path
) -> None:
    """One round: seconds and CPU seconds of everything, and the seconds of each job, some of which run side by side."""
    before = cpu_seconds()
    benchmark.pedantic(first_run, args=(project, folder), rounds=1)  # type: ignore[no-untyped-call]
    cpu = cpu_seconds() - before
    run = json.loads((folder / "clone/reports/run.json").read_text())
    assert benchmark.stats
    total = benchmark.stats.stats.min
    jobs = {job["name"]: job["seconds"] for job in run["jobs"] if job["result"] == "success"}
    parts = {"clone and environment": round(total - run["seconds"], 1), **jobs}
    benchmark.extra_info |= {"cpu seconds": round(cpu, 1), "seconds by job": parts}
    shown = ", ".join(f"{name} {seconds:.1f}" for name, seconds in parts.items())
    with capsys.disabled():
        print(f"\n{project.root.name}: {total:.1f} s, {cpu:.1f} s CPU; {shown}")
