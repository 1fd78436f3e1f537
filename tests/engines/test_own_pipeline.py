"""The pipeline of this repository in Buildbot and in Bazel: every job but the deploy, with a few of the tests.

A laptop leaves the jobs of the tool out; act runs a workflow of GitHub in test_github_run.py.
"""

from pathlib import Path

import pytest

from ci import definition, plan
from ci.adapters import bazel, buildbot, testing
from tests.engines.bazel_workspace import workspace
from tests.engines.buildbot_master import RESULTS, master
from tests.repository import Repository
from tests.tool import ROOT

pytestmark = [pytest.mark.engine, pytest.mark.slow]

#: So that a leg takes seconds: the whole suite has passed when this test is reached. One file of app and tool each.
FOLDERS = ("adapters", "bench", "commands", "deploy", "jenkins", "report", "runner")
IGNORED = " ".join(f"--ignore=tests/{folder}" for folder in ("engines", "projects", *(f"ci/{one}" for one in FOLDERS)))
FEW = f"{IGNORED} -k 'test_config.py or test_plan.py'"

#: The jobs of the app, and those of the tool.
CHECKS = (
    "app-lint", "tool-lint", "app-tests-3.11", "app-tests-3.13", "tool-tests-3.11", "tool-tests-3.13",
    "app-benchmark", "tool-benchmark",
)

#: Files of an engine that is no target would be stale for the lint job; and benchmarks shall take seconds, too.
CHANGES = {'"jenkins", "github"]': '"jenkins", "github", "bazel"]', 'budget = "45s"': 'budget = "5s"'}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """This repository, as others get it, with ``CHANGES`` and the files of Bazel; its branch is main."""
    repository = Repository(ROOT).clone(tmp_path / "clone")
    repository.git("checkout", "--quiet", "-B", "main")
    written = (repository.root / definition.FILE).read_text()
    for old, new in CHANGES.items():
        assert old in written
        written = written.replace(old, new)
    rendered = bazel.render(plan.compile(definition.parse(written).pipeline), bazel.Options(), {})
    testing.write(rendered.files, repository.root)
    repository.commit({definition.FILE: written})
    return repository.root


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
    with workspace(tmp_path / "bazel", clone) as opened:
        verdicts = opened.results("//:all_checks", f"--test_env=PYTEST_ADDOPTS={FEW}")
        assert verdicts == dict.fromkeys(CHECKS, "PASSED"), opened.output
        built = opened.bazel("build", "//:build")
        assert built.returncode == 0, built.stderr
        assert (clone / "bazel-bin" / "bazel-artifacts" / "dist.tar.gz").stat().st_size > 1000
