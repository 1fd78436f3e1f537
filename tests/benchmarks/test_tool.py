"""What the tool itself costs: reading, planning and rendering a definition, judged by `ci bench`."""

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from ci import adapters, definition, plan


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


def load_plan_render(text: str) -> int:
    """What `ci generate` does with a definition, for the same engines in every commit; the number of its jobs."""
    loaded = definition.parse(text)
    planned = plan.compile(loaded.pipeline)
    for name in ("github", "jenkins"):
        adapter = adapters.find(name)
        adapter.render(planned, loaded.engine_options(name, adapter.Options), {})
    return len(planned.jobs)


@pytest.mark.parametrize("jobs", [10, 100])
def test_load_plan_render(benchmark: BenchmarkFixture, jobs: int) -> None:
    assert benchmark(load_plan_render, definition_of(jobs)) == jobs
