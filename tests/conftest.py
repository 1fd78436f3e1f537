"""The tests behave alike wherever they are started: at a prompt, in a job of `ci run`, under nohup."""

import os
import signal
from collections.abc import Iterator

import hypothesis
import pytest

# Every Python runs the properties: few examples each. The one run that has all engines tries many. No deadline: a
# machine may be busy. No database: what failed stands in the report, and runs side by side share no file.
hypothesis.settings.register_profile(
    "here", max_examples=100 if os.environ.get("CI_REQUIRE_ENGINES") else 30, deadline=None, database=None
)
hypothesis.settings.load_profile("here")

#: What `ci run` tells its jobs, and the tests' own calls of the tool must not take for theirs.
OF_THE_OUTER_JOB = ("CI_CHECKS", "CI_COMMIT", "CI_DIRTY", "CI_ENVIRONMENT", "CI_NOTICE_FILE", "CI_SERVER_DIRECTORY")


@pytest.fixture(autouse=True, scope="session")
def outside_of_any_job() -> Iterator[None]:
    """No variable of an outer run, and the usual answers to signals.

    Under nohup children ignore SIGHUP, and behind ``&`` in a script SIGINT.
    """
    kept = {name: os.environ.pop(name) for name in OF_THE_OUTER_JOB if name in os.environ}
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    interrupt = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGHUP, hangup)
    os.environ.update(kept)
