"""Requests and bytes that each Python client for Jenkins needs for five tasks, counted at the double in one run.

Times are the double's own, where an hour takes no time; what is timed is the work of ours. A client that isn't
installed (.ci/run installs all) or fails at a task is shown as such.
"""

import sys
import time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from tests.benchmarks.jenkins_tasks import CLIENTS, prepare
from tests.fakes.jenkins import JenkinsDouble

#: Those of the other clients are their business.
pytestmark = pytest.mark.filterwarnings("default")

TASKS = ("T1", "T2", "T3", "T4", "T5")


def cost(client: str, task: str) -> tuple[int, int]:
    """Requests and response bytes of one task, on a server of its own."""
    with JenkinsDouble(strict=False, limit=5000) as jenkins, pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", jenkins.clock.sleep)
        if "jenkinsapi.build" in sys.modules:  # which has a name of its own for it
            patch.setattr(sys.modules["jenkinsapi.build"], "sleep", jenkins.clock.sleep)
        prepare(jenkins, task)
        CLIENTS[client](jenkins)[task]()
        jenkins.violations.clear()
        return len(jenkins.requests), jenkins.bytes_sent


def shown(client: str, task: str) -> str:
    """The cost for a table, or why there is none."""
    try:
        requests, size = cost(client, task)
    except ImportError:
        return "not installed"
    except Exception as error:  # the failure of another client is a result here
        return f"fails: {type(error).__name__}"
    return f"{requests} / {size / 1000:,.1f} kB"


@pytest.mark.parametrize("task", TASKS)
def test_requests(benchmark: BenchmarkFixture, capsys: pytest.CaptureFixture[str], task: str) -> None:
    """One row of the table: each client in turn."""
    row = [f"{client} {shown(client, task)}" for client in CLIENTS]
    with capsys.disabled():
        print(f"\n{task}: {'; '.join(row)}")
    benchmark.extra_info["requests"], benchmark.extra_info["bytes"] = cost("ci.jenkins", task)
    benchmark(cost, "ci.jenkins", task)
