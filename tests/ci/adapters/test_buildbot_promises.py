"""Buildbot: what every adapter promises, read from the data of the generated module; tests/engines runs it."""

import ast
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from ci import plan
from ci.adapters import buildbot, testing
from ci.adapters.buildbot.schedules import nightly
from ci.adapters.testing import JobAsRead
from ci.model import Pipeline
from ci.plan import Job
from tests.definitions import PATIENT, pipelines


class TestBuildbot(testing.Promises):
    """The module."""

    engine = "buildbot"
    exempt = {
        "cache.paths": "Buildbot has no cache, which is a hint",
        "cache.key-files": "Buildbot has no cache, which is a hint",
        "job.cache.paths": "Buildbot has no cache, which is a hint",
        "job.cache.key-files": "Buildbot has no cache, which is a hint",
        "job.history": "a worker clones the whole history",
        "job.local": "only for `ci run`",
    }

    def commands(self, job: Job) -> tuple[str, ...]:
        """Workers have no Python for a job."""
        return testing.commands_in_environment(job)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """As Python reads the module."""
        return {
            job["name"]: JobAsRead(
                tuple(text for _label, text in job["commands"]),
                {name: value for name, value in job["env"].items() if name != "CI"},
            )
            for job in _jobs(files[buildbot.FILE])
        }


def _jobs(module: str) -> list[dict[str, Any]]:
    assigned = {
        node.targets[0].id: node.value
        for node in ast.parse(module).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    chains = ast.literal_eval(assigned["CHAINS"])
    return [job for chain in chains for stage in chain["stages"] for job in stage["jobs"]]


@settings(PATIENT, max_examples=20)
@given(pipelines())
def test_whatever_the_model_can_say_arrives(pipeline: Pipeline) -> None:
    found = plan.compile(pipeline)
    module = buildbot.render(found, buildbot.Options(), {}).files[buildbot.FILE]
    assert [[text for _label, text in job["commands"]] for job in _jobs(module)] == [
        list(testing.commands_in_environment(job)) for job in found.jobs
    ]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("0 0 * * *", {"minute": (0,), "hour": (0,), "dayOfMonth": "*", "month": "*", "dayOfWeek": "*"}),
        ("*/30 1-3 1,15 * 0", {
            "minute": (0, 30), "hour": (1, 2, 3), "dayOfMonth": (1, 15), "month": "*", "dayOfWeek": (6,),
        }),
        ("5/20 0 * 2 1-5", {
            "minute": (5, 25, 45), "hour": (0,), "dayOfMonth": "*", "month": (2,), "dayOfWeek": (0, 1, 2, 3, 4),
        }),
    ],
)
def test_a_schedule_counts_days_from_monday(schedule: str, expected: dict[str, Any]) -> None:
    assert nightly(schedule) == expected
