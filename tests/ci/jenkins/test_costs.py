"""How many requests and bytes the usual tasks cost: a busy server thanks for each that is not made.

The tasks are those of the benchmark, which measures other clients beside ours. The bytes of an answer may be 1.1 times
the fewest that any client for Python was measured with.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from ci.jenkins import JenkinsClient
from tests.benchmarks.jenkins_tasks import ours, prepare
from tests.fakes.jenkins import JenkinsDouble


class Bound(NamedTuple):
    """``best``: bytes of the thriftiest client; ``right``: whether a result is what was asked for."""

    requests: int
    best: int
    right: Callable[[Any], bool]


def succeeded(build: Any) -> bool:
    """A build that has ended well."""
    return build.result == "SUCCESS" and not build.building


BOUNDS = {
    "T1": Bound(8, 2_600, succeeded),
    "T2": Bound(1, 97_000, lambda builds: len(builds) == 100 and all(len(one.parameters) == 4 for one in builds)),
    "T3": Bound(1, 400, succeeded),
    "T5": Bound(1, 138_000, lambda jobs: sum(one.kind == "job" for one in jobs) == 1000 and len(jobs) == 1110),
}
BEST_LOG = 5_050_000


@pytest.mark.parametrize("task", BOUNDS)
def test_requests_and_bytes(jenkins: JenkinsDouble, task: str) -> None:
    """T1 trigger and wait, T2 the newest 100 builds, T3 the newest stable one, T5 1,000 jobs in 110 folders."""
    prepare(jenkins, task)
    bound = BOUNDS[task]
    assert bound.right(ours(jenkins)[task]())
    assert len(jenkins.requests) <= bound.requests, jenkins.calls
    assert jenkins.bytes_sent <= 1.1 * bound.best


def test_requests_and_bytes_of_a_log(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """T4: 5 MB in 30 s. From its beginning on there are two requests beside the looks at it, at most."""
    prepare(jenkins, "T4")
    log: list[str] = []
    assert succeeded(client.run("app", log=log.append))
    looks = ["progressiveText" in call for call in jenkins.calls]
    assert len(looks[looks.index(True):]) <= sum(looks) + 2
    assert sum(map(len, log)) <= jenkins.bytes_sent <= 1.1 * BEST_LOG
