"""Buildbot: what every adapter promises, read from the data of the generated module; tests/engines runs it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from ci import model, plan
from ci.adapters import buildbot, testing
from ci.adapters.buildbot import checking
from ci.adapters.buildbot.schedules import nightly
from ci.adapters.testing import JobAsRead, variations
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
    data, *_code = module.partition("\nPACK = ")  # parsing the code behind the data takes most of the time
    return [job for chain in checking.data(data)["CHAINS"] for stage in chain["stages"] for job in stage["jobs"]]


def full() -> str:
    """The module of the full definition."""
    return buildbot.render(variations.full(), buildbot.Options(), {}).files[buildbot.FILE]


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('"builder": "Full-lint"', '"builder": "Full-build"', "there are two builders Full-build"),
        ('"builder": "Full-lint"', f'"builder": "{"a" * 71}"', "a builder can't be called"),
        ('"builder": "Full-lint"', '"builder": "_lint"', "a builder can't be called '_lint'"),
        ('"inputs": ("dist",)', '"inputs": ("dits",)', "no stage before it makes dits"),
        ('"after": "Full"', '"after": ""', "Full approve deploy follows nothing and not Full"),
        ('"lock": "approved"', '"lock": ""', "Full approve deploy could run without a person, or twice at once"),
        ('"approval": "production"', '"approval": ""', "Full approve deploy could run without a person"),
        ('"limit": 600', '"limit": "600"', "the time limit '600' is no number of seconds"),
        ('"limit": 600', '"limit": 0', "the time limit 0 is no number"),
        ('{"DEPLOY_KEY": "deploy-key"}', '{"DEPLOY_KEY": None}', "secrets holds more than texts"),
        ('"CI": "true"', '"CI": True', "env holds more than texts"),
        ('{"DEPLOY_KEY": "deploy-key"}', '("DEPLOY_KEY",)', "can't be read: AttributeError"),
        ("CHAINS = (", "CHAIN = (", "can't be read: KeyError"),
        ("CHAINS = (", "CHAINS = ((", "can't be read: SyntaxError"),
    ],
)
def test_a_mistake_is_found_without_buildbot(old: str, new: str, finding: str, tmp_path: Path) -> None:
    assert old in full()
    testing.write({buildbot.FILE: full().replace(old, new, 1)}, tmp_path)
    assert finding in "\n".join(checking.rules(buildbot.FILE).check(tmp_path))


def test_names_of_any_length_and_jobs_of_any_name_are_told_apart() -> None:
    """No builder nor scheduler of a job has the name of one of the pipeline's own."""
    jobs = tuple(model.Job(name=name, run=("true",)) for name in ("force", "push", "schedule-1", "a" * 40, "a" * 39))
    stages = (model.Stage(name="all", job=jobs), model.Stage(name="b" * 40, approval="production", run=("true",)))
    pipeline = model.Pipeline(version=1, name="9 lives." * 7, stage=stages, on=model.Triggers(push=("main",)))
    files = buildbot.render(plan.compile(pipeline), buildbot.Options(), {}).files
    chains = checking.data(files[buildbot.FILE])["CHAINS"]
    names = [chain["builder"] for chain in chains] + [job["builder"] for job in _jobs(files[buildbot.FILE])]
    assert (len(set(names)), max(map(len, names))) == (8, 70)
    assert not {job["builder"] for job in _jobs(files[buildbot.FILE])} & {chains[1]["force"], "force_", "push_"}


@settings(PATIENT, max_examples=10)
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
