"""The double and somebody who asks it."""

from collections.abc import Iterator

import pytest

from tests.fakes.jenkins import JenkinsDouble, Job, Parameter
from tests.fakes.jenkins_double.browser import Browser


@pytest.fixture
def jenkins() -> Iterator[JenkinsDouble]:
    """A double; wrong requests fail the test."""
    with JenkinsDouble() as double:
        yield double


@pytest.fixture
def browser(jenkins: JenkinsDouble) -> Iterator[Browser]:
    """Somebody who asks it."""
    with Browser(jenkins) as session:
        yield session


@pytest.fixture
def job(jenkins: JenkinsDouble) -> Job:
    """A job with a parameter of each sort that matters."""
    environment = Parameter("ENV", choices=("staging", "production"))
    return jenkins.add_job("team/app", [Parameter("VERSION", "1"), environment, Parameter("FILE", kind="File")])
