"""No validator of GitHub's files has a word to say about the generated ones, nor about this repository's own."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines.language_server import LanguageServer, language_server
from tests.engines.programs import need

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests/golden/github"


@pytest.fixture(params=["small", "full", "release", "this repository"])
def checkout(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A git repository that holds the `.github` folder of a golden example, or of this repository, and nothing else."""
    source = ROOT if request.param == "this repository" else GOLDEN / request.param
    if not (source / ".github").exists():
        pytest.skip("this repository has no workflow: ci generate writes one")
    shutil.copytree(source / ".github", tmp_path / ".github")
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    """One server for all files: it takes a second to start."""
    with language_server() as started:
        yield started


def said(program: str, *arguments: str, cwd: Path) -> str:
    """All that a validator prints; it must also end with 0."""
    command = [need(program), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_jactionlint_has_no_finding(checkout: Path) -> None:
    assert said("jactionlint", cwd=checkout) == ""


def test_zizmor_has_no_finding(checkout: Path) -> None:
    assert "No findings" in said("zizmor", "--offline", "--pedantic", "--quiet", ".", cwd=checkout)


@pytest.mark.parametrize(
    ("schema", "pattern"), [("vendor.github-workflows", "workflows/*.yml"), ("vendor.dependabot", "dependabot.yml")]
)
def test_the_schemas_hold(checkout: Path, schema: str, pattern: str) -> None:
    files = [str(path) for path in (checkout / ".github").glob(pattern)]
    if files:
        assert said("check-jsonschema", "--builtin-schema", schema, *files, cwd=checkout) == "ok -- validation done\n"


def test_the_language_server_has_no_finding(checkout: Path, server: LanguageServer) -> None:
    for workflow in (checkout / ".github/workflows").glob("*.yml"):
        assert server.findings(workflow) == []


def test_act_reads_every_workflow(checkout: Path) -> None:
    """Its schema lags behind: it doesn't know `queue`, which the other validators do."""
    for workflow in (checkout / ".github/workflows").glob("*.yml"):
        workflow.write_text(workflow.read_text("utf-8").replace("  queue: max\n", ""), "utf-8")
    assert said("act", "--validate", "--strict", "--platform", "ubuntu-24.04=-self-hosted", cwd=checkout) == ""
