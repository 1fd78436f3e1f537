"""The generated targets in Debian's Bazel: verdicts, the cache, artifacts, deploying by hand."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from ci import definition, plan, shell
from ci.adapters import bazel, testing
from ci.adapters.bazel.checking import problems
from ci.model import Stage
from tests.definitions import HOSTILE
from tests.engines.bazel_workspace import Workspace, workspace
from tests.engines.programs import need, need_module
from tests.processes import is_alive, until
from tests.repository import Repository

pytestmark = pytest.mark.engine

DEFINITION = r"""
version = 1
name = "Web shop"
env = { TEXT = "it's ${HOME}, $(id) and 100%" }

[[stage]]
name = "verify"
job = [
    { name = "lint", run = ["test ! -e lint.fails"] },
    { name = "test", matrix = { shard = [1, 2] }, retry = 1, timeout = "5s", reports.junit = "out/junit.xml", run = [
        '''mkdir out; echo "<testsuite name='$MATRIX_SHARD'/>" > out/junit.xml''',
        '''echo "$CI: $TEXT"; if [ -e "test.$MATRIX_SHARD.fails" ]; then echo "$MATRIX_SHARD is wrong"; exit 7; fi''',
        '''if [ -e test.hangs ]; then sleep 60; fi''',
    ] },
    { name = "docs", run = ["test -f docs/index.md", "sleep 300 & echo $! > PID"] },
    { name = "mutants", allow-failure = true, run = ["exit 3"] },
    { name = "files", allow-failure = true, run = ["git status --short -z"] },
    { name = "hangs", allow-failure = true, timeout = "2h", run = ["sleep 300 & echo $! > PID; wait"] },
]

[[stage]]
name = "benchmark"
exclusive = true
run = ["mkdir reports; echo '{}' > reports/benchmark.json"]
reports = { benchmark = "reports/benchmark.json" }

[[stage]]
name = "build"
run = ["mkdir -p dist/deep; git rev-parse HEAD > dist/deep/app.txt; echo hidden > dist/.no"]
artifacts = { dist = ["dist/**"] }

[[stage]]
name = "deploy"
approval = "production"
inputs = ["dist"]
secrets = { KEY = "heroku-api-key" }
run = [
    'test "$KEY" = "s3cret"', "test ! -e dist/.no", 'echo "$CI_ENVIRONMENT $(cat dist/deep/app.txt)"',
    "mkdir out; echo deployed > out/release.txt",
]
artifacts = { release = ["out/*"] }

[[stage]]
name = "announce"
inputs = ["dist", "release"]
run = ["cat dist/deep/app.txt out/release.txt"]
"""

#: A stage of their own, after the others.
COMMANDS = [command for command in HOSTILE if command.strip()]

#: All that Bazel or a shell might stumble over, and a file that git knows and that is gone.
NAMES = ("a b.txt", "it's $(id).txt", "é ☃.txt", "-x.txt", "docs/index.md", "gone.txt")


@pytest.fixture(scope="module")
def pid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where jobs write down the process that they leave."""
    return tmp_path_factory.mktemp("processes") / "pid"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, pid: Path) -> Iterator[Workspace]:
    """A project with the generated files, and Bazel in it."""
    project = tmp_path_factory.mktemp("shop")
    (project / "ci").mkdir()
    (project / "docs").mkdir()
    (project / "ci" / "pipeline.toml").write_text(DEFINITION.replace("PID", str(pid)))
    for name in NAMES:
        (project / name).write_text(name)
    (project / ".gitignore").write_text("/bazel-*\n/var/\n/ignored.txt\n/WORKSPACE\n")
    (project / "dangling").symlink_to("nowhere")
    pipeline = definition.load(project).pipeline
    hostile = Stage(name="hostile", run=tuple(COMMANDS))
    _generate(project, plan.compile(structs.replace(pipeline, stage=(*pipeline.stage, hostile))))
    (project / "gone.txt").unlink()
    with workspace(tmp_path_factory.mktemp("bazel"), project) as opened:
        yield opened


@pytest.fixture
def fault(shop: Workspace) -> Iterator[Path]:
    """The folder in which a file brings a fault; gone after the test."""
    before = set(shop.project.iterdir())
    yield shop.project
    for path in set(shop.project.iterdir()) - before:
        if path.is_file() and not path.is_symlink():
            path.unlink()


CHECKS = ("docs", "lint", "test-1", "test-2")


def test_every_check_passes_and_what_did_not_change_is_not_run_again(shop: Workspace) -> None:
    first = shop.results("//:all_checks")
    assert (first, shop.exit_code) == (dict.fromkeys(["benchmark", *CHECKS], "PASSED"), 0)
    (shop.project / "ignored.txt").write_text("git ignores it")
    again = shop.results("//:all_checks")
    assert again == {**dict.fromkeys(CHECKS, "(cached) PASSED"), "benchmark": "PASSED"}


def test_a_job_that_is_called_like_a_folder_sees_what_changes_in_it(shop: Workspace) -> None:
    (shop.project / "docs" / "index.md").write_text("changed")
    assert shop.results("//:docs") == {"docs": "PASSED"}


def test_a_job_starts_from_the_files_as_they_are_whatever_their_names(shop: Workspace) -> None:
    status = ["git", "status", "--short", "-z"]
    assert shop.results("//:files") == {"files": "PASSED"}
    expected = subprocess.check_output(status, cwd=shop.project, text=True)
    assert shop.log("files").read_text().endswith(f"-\n{expected}")


def test_no_process_outlives_its_job(shop: Workspace, pid: Path) -> None:
    until(lambda: not is_alive(int(pid.read_text())))


def test_an_interrupted_job_ends_with_all_it_started(shop: Workspace, pid: Path) -> None:
    pid.unlink()
    running = shop.start("test", "//:hangs")
    until(lambda: pid.exists() and pid.read_text().endswith("\n"), seconds=120, pause=0.1)
    os.killpg(running.pid, signal.SIGINT)
    assert running.wait(timeout=60) == 8
    until(lambda: not is_alive(int(pid.read_text())))


def test_the_failing_job_is_named_and_its_reports_kept(shop: Workspace, fault: Path) -> None:
    (fault / "test.2.fails").touch()
    assert shop.results("//:all_checks")["test-2"] == "FAILED"
    assert shop.exit_code == 3
    log = shop.log("test-2").read_text()
    assert (log.count("2 is wrong\n"), "true: it's ${HOME}, $(id) and 100%\n" in log) == (2, True)
    assert shop.log("test-2", "test.xml").read_text() == "<testsuite name='2'/>\n"


def test_a_failed_job_does_not_stop_the_others(shop: Workspace, fault: Path) -> None:
    (fault / "lint.fails").touch()
    verdicts = shop.results("//:all_checks")
    assert {name: verdict.removeprefix("(cached) ") for name, verdict in verdicts.items()} == {
        **dict.fromkeys(["benchmark", *CHECKS], "PASSED"), "lint": "FAILED",
    }


def test_a_job_ends_at_its_time_limit(shop: Workspace, fault: Path) -> None:
    (fault / "test.hangs").touch()
    assert shop.results("//:test-1") == {"test-1": "FAILED"}


def test_an_allowed_failure_is_left_out_and_fails_by_its_name(shop: Workspace) -> None:
    assert shop.results("//:mutants") == {"mutants": "FAILED"}


def test_deploying_by_hand_takes_the_built_files_and_a_secret_of_the_environment(shop: Workspace) -> None:
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=shop.project, text=True)
    deployed = shop.bazel("run", "//:deploy", KEY="s3cret")
    assert (deployed.returncode, deployed.stdout) == (0, f"production {commit}")
    assert shop.bazel("run", "//:deploy", KEY="wrong").returncode == 1
    assert (shop.project / "var/bazel/release.tar.gz").is_file()
    announced = shop.bazel("run", "//:announce")
    assert (announced.returncode, announced.stdout) == (0, f"{commit}deployed\n")


def test_a_new_commit_builds_again(shop: Workspace) -> None:
    Repository(shop.project).git("commit", "--allow-empty", "--quiet", "--message=later")
    test_deploying_by_hand_takes_the_built_files_and_a_secret_of_the_environment(shop)


def test_every_command_reaches_the_shell_unchanged(shop: Workspace, tmp_path: Path) -> None:
    """In place of coreutils' timeout, a program that writes down what it should run."""
    seen = tmp_path / "seen.json"
    write = "import json, sys; json.dump(sys.argv[1:], open(sys.argv[1], 'w'))"
    (tmp_path / "timeout").write_text(f"""#!/bin/sh\nexec python3 -c "{write}" {seen} "$@"\n""")
    (tmp_path / "timeout").chmod(0o755)
    path = subprocess.check_output(["sh", "-c", "echo $PATH"], text=True).strip()
    assert shop.bazel("test", "//:hostile", PATH=f"{tmp_path}:{path}").returncode == 0
    arrived = json.loads(seen.read_text())
    assert arrived[arrived.index("job") + 1:] == [shell.command_text(command) for command in COMMANDS]


def test_a_careful_person_would_have_written_the_files(tmp_path: Path) -> None:
    """Every validator that `ci check bazel` knows, with nothing to say."""
    need("buildifier")
    testing.write(bazel.render(testing.variations.full(), bazel.Options(), {}).files, tmp_path)
    assert {one.name: one.check(tmp_path) for one in bazel.validators()} == {
        one.name: [] for one in bazel.validators()
    }
    scripts = sorted((tmp_path / "bazel").glob("*.sh"))
    subprocess.run([need("shellcheck"), *scripts], check=True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sh_test(", "sh_tset("),
        ('load("@rules_shell//shell:sh_test.bzl", "sh_test")\n', ""),
        ('name = "test-3.11-2"', 'name = "test-3.11-1"'),
        ('":bazel-artifacts/dist.tar.gz"', '":bazel-artifacts/dits.tar.gz"'),
        ("glob(", "globe("),
        ("],\n)", "\n)"),
    ],
)
def test_a_mistake_is_found_without_bazel(old: str, new: str) -> None:
    need_module("starlark")
    text = bazel.render(testing.variations.full(), bazel.Options(), {}).files["BUILD.bazel"]
    assert old in text
    assert problems({"BUILD.bazel": text}) == []
    assert problems({"BUILD.bazel": text.replace(old, new, 1)}) != []


def _generate(project: Path, found: plan.Plan) -> None:
    testing.write(bazel.render(found, bazel.Options(), {}).files, project)
    Repository.create(project).commit()
