"""The pipeline of this repository in Buildbot and in Bazel: every job but the deploy, with a few of the tests.

`ci run` executes it whole; act does so with the workflow of GitHub in test_github_run.py.
"""

import subprocess
from pathlib import Path

import pytest

from ci import definition, plan
from ci.adapters import bazel, buildbot, testing
from tests.engines.bazel_workspace import workspace
from tests.engines.buildbot_master import RESULTS, master

pytestmark = [pytest.mark.engine, pytest.mark.slow]

ROOT = Path(__file__).parents[2]

#: So that a leg takes seconds: the whole suite has passed when this test is reached. One file of app and tool each.
FEW = "-k 'test_config.py or test_plan.py'"

#: What the engines run of it: the jobs of the app, and those of the tool, which a laptop leaves out.
CHECKS = (
    "app-lint", "tool-lint", "app-tests-3.11", "app-tests-3.13", "tool-tests-3.11", "tool-tests-3.13",
    "app-benchmark", "tool-benchmark",
)

#: Files of an engine that is no target would be stale for the lint job.
TARGETS = 'targets = ["jenkins", "github"]'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This repository, as others get it; what is checked out here is its branch main."""
    subprocess.run(["git", "clone", "--quiet", ROOT, tmp_path / "clone"], check=True)
    subprocess.run(["git", "checkout", "--quiet", "-B", "main"], cwd=tmp_path / "clone", check=True)
    return tmp_path / "clone"


def test_buildbot(clone: Path, tmp_path: Path) -> None:
    found = plan.compile(definition.load(clone).pipeline)
    module = buildbot.render(found, buildbot.Options(), {}).files[buildbot.FILE]
    changes = {"variables={},": f"environment={{'PYTEST_ADDOPTS': {FEW!r}}},", "poll=300,": "poll=0,"}
    with master(tmp_path / "master", clone, {"pipeline.py": module}, changes=changes) as running:
        done = running.force("force_ci", "ci", branch="main")
        red = [name for name, verdict in running.verdicts(done).items() if verdict != "success"]
        logs = "\n".join(running.log(running.builds(name)[-1])[-3000:] for name in red)
        assert (RESULTS[done["results"]], red) == ("success", []), logs
        assert sorted(running.verdicts(done)) == sorted(f"ci-{name}" for name in (*CHECKS, "build"))
        assert running.kept(done, "dist.tar.gz", pipeline="ci").stat().st_size > 1000


def test_bazel(clone: Path, tmp_path: Path) -> None:
    written = (clone / definition.FILE).read_text()
    assert TARGETS in written
    (clone / definition.FILE).write_text(written.replace(TARGETS, TARGETS.replace("]", ', "bazel"]')))
    found = plan.compile(definition.load(clone).pipeline)
    testing.write(bazel.render(found, bazel.Options(), {}).files, clone)
    with workspace(tmp_path / "bazel", clone) as opened:
        verdicts = opened.results("//:all_checks", f"--test_env=PYTEST_ADDOPTS={FEW}")
        assert verdicts == dict.fromkeys(CHECKS, "PASSED"), opened.output
        built = opened.bazel("build", "//:build")
        assert built.returncode == 0, built.stderr
        assert (clone / "bazel-bin" / "bazel-artifacts" / "dist.tar.gz").stat().st_size > 1000
