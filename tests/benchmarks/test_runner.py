"""What `ci run` costs beside the jobs themselves. Printed only; targets: 30 ms a job, 5 % of a run of real jobs."""

import io
import subprocess
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ci import model, plan, runner
from ci.plan import Plan
from ci.report import terminal
from tests.repository import Repository, isolate

#: A job that leaves the processors alone, so that only the runner's own time is compared.
WORK = "sleep 1"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a hundred files."""
    isolate(monkeypatch)
    files = {f"file{number}": "text\n" * 100 for number in range(100)}
    Repository.create(tmp_path).commit({**files, ".gitignore": "/var/\n/reports/\n"})
    return tmp_path


def plan_of(command: str, jobs: int, *, stages: int = 1) -> Plan:
    text = 'version = 1\nname = "x"\n'
    for stage in range(stages):
        text += f'[[stage]]\nname = "stage-{stage}"\n'
        text += "".join(f'[[stage.job]]\nname = "job-{stage}-{job}"\nrun = ["{command}"]\n' for job in range(jobs))
    return plan.compile(msgspec.convert(tomllib.loads(text), model.Pipeline))


def run(planned: Plan, repository: Path) -> None:
    shown = terminal.display(io.StringIO())
    assert runner.run(planned, repository, display=shown, options=runner.Options(jobs=2)).result == "success"


def seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


@pytest.mark.parametrize("jobs", [1, 21])
def test_trivial_jobs(benchmark: BenchmarkFixture, repository: Path, jobs: int) -> None:
    """The difference of both, divided by 20, is the overhead of a job; what one job takes is that of a run."""
    planned = plan_of("true", 1, stages=jobs)
    benchmark.pedantic(run, args=(planned, repository), rounds=5, warmup_rounds=1)  # type: ignore[no-untyped-call]


def test_trivial_shells(benchmark: BenchmarkFixture) -> None:
    """`sh -e` alone, twenty times."""

    def shells() -> None:
        for _job in range(20):
            subprocess.run(["/bin/sh", "-e", "/dev/null"], check=True)

    benchmark.pedantic(shells, rounds=5, warmup_rounds=1)  # type: ignore[no-untyped-call]


@pytest.mark.slow
def test_real_jobs(benchmark: BenchmarkFixture, repository: Path) -> None:
    """Three stages of two jobs each, against the same commands started by hand."""
    planned = plan_of(WORK, 2, stages=3)

    def by_hand() -> None:
        for _stage in range(3):
            jobs = [subprocess.Popen(["/bin/sh", "-ec", WORK]) for _job in range(2)]
            assert [job.wait() for job in jobs] == [0, 0]

    plain: list[float] = []

    def first_by_hand() -> tuple[tuple[Plan, Path], dict[str, str]]:
        """In turn, so that what else the machine does counts for both."""
        plain.append(seconds(by_hand))
        return (planned, repository), {}

    benchmark.pedantic(run, setup=first_by_hand, rounds=3)  # type: ignore[no-untyped-call]
    assert benchmark.stats
    added = round((benchmark.stats.stats.min / min(plain) - 1) * 100, 1)
    benchmark.extra_info["overhead_percent"] = added
    print(f"\nby hand {min(plain):.2f} s; ci run adds {added} %")
