"""What a large definition and whole commands of the tool cost. Printed only: too slow to be judged at each commit."""

import os
import subprocess
import sys

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.test_tool import definition_of, load_plan_render
from tests.tool import CI, ROOT


def test_a_thousand_jobs(benchmark: BenchmarkFixture) -> None:
    """Ten times what a hundred take: linear in their number."""
    assert benchmark(load_plan_render, definition_of(1000)) == 1000


@pytest.mark.parametrize(
    "arguments", [["generate", "--check"], ["--help"]], ids=["generate-check", "help"]
)
def test_whole_command(benchmark: BenchmarkFixture, arguments: list[str]) -> None:
    """Wall time of a whole process; its CPU seconds stand in `extra_info`, beside those of an empty Python."""
    cpu: dict[str, list[float]] = {"ci": [], "python": []}

    def command() -> None:
        cpu["python"].append(_cpu_seconds([sys.executable, "-c", "pass"]))
        cpu["ci"].append(_cpu_seconds([*CI, *arguments]))

    benchmark(command)
    medians = {name: sorted(values)[len(values) // 2] for name, values in cpu.items()}
    benchmark.extra_info["cpu seconds, median"] = medians
    print(f"\nci {' '.join(arguments)}: {medians['ci']:.3f} s CPU; python -c pass: {medians['python']:.3f} s")


def _cpu_seconds(command: list[str]) -> float:
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _pid, _status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime
