"""Whatever a definition says, the files for GoCD and TeamCity keep their rules, and every command arrives unchanged."""

from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import assume, given

from ci import plan
from ci.adapters import gocd, teamcity
from ci.adapters.gocd import rules as gocd_rules
from ci.adapters.teamcity import rules as teamcity_rules
from ci.adapters.testing import JobAsRead
from ci.errors import CiError
from ci.model import Pipeline
from tests.ci.adapters import test_gocd_promises, test_teamcity_promises
from tests.definitions import PATIENT, pipelines

pytestmark = pytest.mark.engine

Problems = Callable[[str], list[str]]
Read = Callable[[str], dict[str, JobAsRead]]


@pytest.mark.parametrize(
    ("adapter", "problems", "read", "whole"),
    [
        pytest.param(gocd, gocd_rules.of_file, test_gocd_promises.read, False, id="gocd"),
        pytest.param(teamcity, teamcity_rules.of_file, test_teamcity_promises.read, True, id="teamcity"),
    ],
)
@given(pipeline=pipelines())
@PATIENT
def test_any_definition_arrives(
    adapter: ModuleType, problems: Problems, read: Read, whole: bool, pipeline: Pipeline
) -> None:
    """GoCD leaves out jobs of other branches; TeamCity has every job."""
    compiled = plan.compile(pipeline)
    try:
        text = adapter.render(compiled, adapter.Options(), {}).files[adapter.FILE]
    except CiError:
        assume(False)  # what an engine can't have is refused, in words: tests/ci/adapters
    assert problems(text) == []
    found = read(text)
    assert not whole or len(found) == len(compiled.jobs)
    for job in compiled.jobs:
        there = found.get(job.name, found.get(job.slug))
        assert there is None or there == JobAsRead((plan.whole_job(job),), job.env)
