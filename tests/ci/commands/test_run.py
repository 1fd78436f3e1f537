"""`ci run` as people and programs meet it."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.repository import Repository, isolate
from tests.tool import CI

DEFINITION = """\
version = 1
name = "shop"

[[stage]]
name = "lint"
run = ["true"]

[[stage]]
name = "test"
matrix = { shard = [1, 2] }
run = ['test "$MATRIX_SHARD" = "${1-1}"', "printf '<%s>'"]
"""

Ci = Callable[..., tuple[int, str]]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    isolate(monkeypatch)
    Repository.create(tmp_path).commit({"ci/pipeline.toml": DEFINITION, ".gitignore": "/var/\n/reports/\n"})
    return tmp_path


@pytest.fixture
def ci(root: Path) -> Ci:
    """Run the command line in the project; its exit code and output, times replaced by N."""

    def call(*arguments: str | bytes) -> tuple[int, str]:
        done = subprocess.run([*CI, *arguments], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, re.sub(r" *\d+\.\d s", " N s", done.stdout)

    return call


@pytest.mark.parametrize(("arguments", "again"), [
    ([], "ci run --only-failed"),
    (["test"], "ci run test --only-failed"),
    (["--clean", "test (2)", "lint"], "ci run 'test (2)' lint --clean --only-failed"),
], ids=str)
def test_a_failed_run_ends_with_how_to_run_again_what_failed(ci: Ci, arguments: list[str], again: str) -> None:
    code, output = ci("run", *arguments)
    assert (code, output.splitlines()[-1]) == (1, f"what did not pass, once more: {again}")


def test_a_run_that_passed_ends_with_its_totals(ci: Ci) -> None:
    code, output = ci("run", "lint")
    assert (code, output.splitlines()[-1]) == (0, "passed in N s: 1 success")


def test_json_of_a_failed_run_is_json_alone(root: Path) -> None:
    done = subprocess.run([*CI, "run", "test", "--json"], cwd=root, capture_output=True)
    assert [job["result"] for job in json.loads(done.stdout)["jobs"]] == ["success", "failure"]


def test_arguments_reach_the_last_command_of_the_job_that_is_named(ci: Ci, root: Path) -> None:
    head = subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=root, text=True)[:10]
    assert ci("run", "test-1", "--", "-k", "it's", "--", b"\xff") == (0, f"""\
1 job, commit {head}
test (1) | $ test "$MATRIX_SHARD" = "${{1-1}}"
test (1) | $ printf '<%s>' -k 'it'"'"'s' -- '?'
test (1) | <-k><it's><--><\ufffd>
test (1) | success in N s

✓ test (1)  success N s

passed in N s: 1 success
""")


def test_a_failed_run_with_arguments_points_to_no_later_run(ci: Ci) -> None:
    code, output = ci("run", "test", "--", "x")
    assert (code, output.splitlines()[-1]) == (1, "failed in N s: 1 success, 1 failure")
