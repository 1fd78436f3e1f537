"""Bazel: what every adapter promises, read as a shell reads the scripts; tests/engines runs them."""

import io
import shlex
from collections.abc import Mapping

from hypothesis import given, settings

from ci import plan
from ci.adapters import bazel, testing
from ci.adapters.testing import JobAsRead
from ci.model import Pipeline
from ci.plan import Job
from tests.definitions import PATIENT, pipelines


class TestBazel(testing.Promises):
    """The scripts, and the targets that run them."""

    engine = "bazel"
    exempt = {
        "default-branch": "Bazel knows no branches; where that loses a condition, the note is about the condition",
        "cache.paths": "Bazel has a cache of its own",
        "cache.key-files": "Bazel has a cache of its own",
        "job.cache.paths": "Bazel has a cache of its own",
        "job.cache.key-files": "Bazel has a cache of its own",
        "job.local": "only for `ci run`",
    }

    def commands(self, job: Job) -> tuple[str, ...]:
        """One text for the whole job."""
        return testing.command_of_whole_job(job)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """What each script exports, and the command after that."""
        scripts = {path: text for path, text in files.items() if path.startswith("bazel/jobs/")}
        return {path[len("bazel/jobs/"):-len(".sh")]: _read(text) for path, text in scripts.items()}


def _read(script: str) -> JobAsRead:
    body = script.partition("\nrun() {\n")[2].removesuffix("\n}\n")
    source = io.StringIO(body)
    words = shlex.shlex(source, posix=True)
    words.whitespace_split, words.commenters = True, ""
    env, position = {}, 0
    while words.get_token() == "export":
        name, _, value = str(words.get_token()).partition("=")
        env[name], position = value, source.tell()
    del env["CI"]
    return JobAsRead((body[position:].removeprefix("exec "),), env)


@settings(PATIENT, max_examples=10)
@given(pipelines())
def test_whatever_the_model_can_say_arrives(pipeline: Pipeline) -> None:
    found = plan.compile(pipeline)
    read = TestBazel().read(bazel.render(found, bazel.Options(), {}).files)
    assert {job.slug: read[job.slug].commands for job in found.jobs} == {
        job.slug: (plan.whole_job(job),) for job in found.jobs
    }
