"""What the tool itself costs: reading, planning and rendering a definition, and whole commands. Printed only."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ci import adapters, definition, plan

ROOT = Path(__file__).parents[2]
MAIN = "import sys; from ci.cli import main; sys.exit(main())"


def definition_of(jobs: int) -> str:
    """A definition of so many jobs, ten to a stage, with all that a usual job has."""
    text = 'version = 1\nname = "large"\npython = "3.13"\nsetup = ["pip install ."]\n[on]\npush = ["main"]\n'
    for number in range(jobs):
        if number % 10 == 0:
            text += f'\n[[stage]]\nname = "stage-{number // 10}"\n'
        text += (
            f'\n[[stage.job]]\nname = "job-{number}"\nrun = ["python -m pytest tests/part{number}", "it\'s \\\\d"]\n'
            f'reports = {{ junit = "reports/junit.xml" }}\nartifacts = {{ a-{number} = ["dist/*"] }}\nretry = 1\n'
        )
    return text


@pytest.mark.parametrize("jobs", [10, 100, 1000])
def test_load_plan_render(benchmark: BenchmarkFixture, jobs: int) -> None:
    """Linear in the number of jobs."""
    text = definition_of(jobs)

    def everything() -> int:
        loaded = definition.parse(text)
        planned = plan.compile(loaded.pipeline)
        for name in adapters.BUILT_IN:
            adapter = adapters.find(name)
            adapter.render(planned, loaded.engine_options(name, adapter.Options), {})
        return len(planned.jobs)

    assert benchmark(everything) == jobs


@pytest.mark.parametrize(
    "arguments", [["generate", "--check"], ["--help"]], ids=["generate-check", "help"]
)
def test_whole_command(benchmark: BenchmarkFixture, arguments: list[str]) -> None:
    """Wall time of a whole process; its CPU seconds stand in `extra_info`, beside those of an empty Python."""
    cpu: dict[str, list[float]] = {"ci": [], "python": []}

    def command() -> None:
        cpu["python"].append(_cpu_seconds([sys.executable, "-c", "pass"]))
        cpu["ci"].append(_cpu_seconds([sys.executable, "-c", MAIN, *arguments]))

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
