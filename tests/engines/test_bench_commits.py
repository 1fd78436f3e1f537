"""`ci bench` of two commits that differ in what they measure, and in what they need for it."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ci.bench.command import bench
from tests.ci.bench.test_workplace import SHARED
from tests.ci.offline_machine import Machine, publish
from tests.repository import Repository, isolate

pytestmark = pytest.mark.engine

DEFINITION = 'version = 1\nname = "x"\n[bench]\nbudget = "5s"\n[[stage]]\nname = "a"\nrun = ["true"]\n'

#: Each side imports its own package, which happens to have the name of the tool's.
BASE = {
    "ci/__init__.py": "SIDE = 'base'\n",
    "ci/bench/__init__.py": "raise ImportError('this is not the tool')\n",
    "conftest.py": "import ci\nassert ci.SIDE == 'base'\n",
    "tests/benchmarks/test_it.py": """\
import pytest

def test_stays(benchmark): benchmark(sum, [1, 2])
def test_removed(benchmark): benchmark(sum, [1, 2])
def test_old_name(benchmark): benchmark(sum, [1, 2])
@pytest.mark.parametrize("size", [1, 10])
def test_size(benchmark, size): benchmark(sum, range(size))
def test_raises(benchmark): benchmark(sum, [1, 2])
""",
}
HEAD = {
    "ci/__init__.py": "SIDE = 'head'\n",
    "conftest.py": "import ci\nassert ci.SIDE == 'head'\n",
    "tests/benchmarks/test_it.py": """\
import pytest

def test_stays(benchmark): benchmark(sum, [1, 2])
def test_added(benchmark): benchmark(sum, [1, 2])
def test_new_name(benchmark): benchmark(sum, [1, 2])
@pytest.mark.parametrize("size", [10, 100])
def test_size(benchmark, size): benchmark(sum, range(size))
def test_raises(benchmark): benchmark(sum, ["a"])
""",
}
COMPARED = "compared"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A repository with a first commit, and nothing of an engine around."""
    isolate(monkeypatch)
    made = Repository.create(tmp_path / "repository")
    made.commit({".gitignore": "/var/\n/reports/\n__pycache__/\n", "ci/pipeline.toml": DEFINITION})
    return made


def answers(document: Any) -> dict[str, str]:
    """The answer to each benchmark by its name; which of those of measured ones, depends on the machine."""
    alone = ("new", "gone", "broken")
    return {
        result["id"].partition("::")[2]: result["answer"] if result["answer"] in alone else COMPARED
        for result in document["results"]
    }


def test_two_commits(repository: Repository) -> None:
    """Added, removed, renamed, parametrized and broken benchmarks; each side has its own modules."""
    base = repository.commit(BASE)
    repository.commit(HEAD)
    done = bench(repository, "--json", "--base", "HEAD~1")
    assert done.returncode == 1, done.stdout + done.stderr
    document = json.loads(done.stdout)
    assert answers(document) == {
        "test_stays": COMPARED, "test_added": "new", "test_new_name": "new", "test_size[10]": COMPARED,
        "test_size[100]": "new", "test_raises": "broken", "test_removed": "gone", "test_old_name": "gone",
        "test_size[1]": "gone",
    }
    assert (document["base"]["id"], document["head"]["id"]) == (base, repository.head)
    assert done.stderr.splitlines()[0] == f"base: HEAD~1 ({base[:12]}), as --base says"
    reports = repository.root / "reports"
    assert {path.name for path in reports.iterdir()} == {
        "benchmark.json", "benchmark.xml", "benchmark.html", "benchmark-comparison.json",
    }
    assert json.loads((reports / "benchmark-comparison.json").read_text()) == document
    assert (reports / "benchmark.xml").read_text().count("<failure") == 1
    assert list((repository.root / "var" / "bench").iterdir()) == []
    assert repository.git("status", "--porcelain") == ""


def test_a_base_with_other_packages_is_measured_in_its_own_environment(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = Machine(tmp_path / "machine")
    for name, value in machine.variables.items():
        monkeypatch.setenv(name, f"{value}:{os.environ['PATH']}" if name == "PATH" else value)
    lock = publish(machine.index, "pytest-benchmark", SHARED)
    sides = [
        f"import sys\ndef test_prefix(benchmark): assert benchmark(lambda: sys.prefix) {sign} {sys.prefix!r}\n"
        for sign in ("!=", "==")
    ]
    repository.commit({"requirements-dev.txt": lock, "tests/benchmarks/test_it.py": sides[0]})
    repository.commit({"requirements-dev.txt": f"# newer\n{lock}", "tests/benchmarks/test_it.py": sides[1]})
    done = bench(repository, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert answers(json.loads(done.stdout)) == {"test_prefix": COMPARED}


def test_the_first_commit_passes_with_everything_new(repository: Repository) -> None:
    repository.write({
        "tests/benchmarks/test_it.py": "def test_sum(benchmark): benchmark(sum, [1])",
    })
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--amend", "--message", "all")
    done = bench(repository)
    assert (done.returncode, done.stderr) == (0, "the first commit: nothing to compare with\n")
    assert "test_sum" in done.stdout and "1 new" in done.stdout
    assert {path.name for path in (repository.root / "reports").iterdir()} == {
        "benchmark.json", "benchmark.xml", "benchmark.html", "benchmark-comparison.json",
    }


@pytest.mark.parametrize("option", ["--base=HEAD", "--calibrate"])
def test_nothing_to_measure_is_no_success(repository: Repository, option: str) -> None:
    """A misspelt expression or folder would else be a gate that is always open."""
    repository.commit({"tests/benchmarks/test_it.py": "def test_plain(): pass"})
    done = bench(repository, "-k", "plian", option)
    assert (done.returncode, done.stdout) == (2, "")
    assert "ci: there is no benchmark that matches 'plian' in tests/benchmarks, in neither commit" in done.stderr


def test_a_benchmark_is_named_as_pytest_names_it(repository: Repository) -> None:
    """From any folder, and with parameters that look like a path."""
    repository.commit({"tests/benchmarks/test_it.py": """\
import pytest

@pytest.mark.parametrize("address", ["http://host/../a", "b"])
def test_address(benchmark, address): benchmark(len, address)
"""})
    inside = Repository(repository.root / "tests")
    name = "test_address[http://host/../a]"
    done = bench(inside, "--json", "--base=HEAD", "--budget=1s", f"benchmarks/test_it.py::{name}")
    assert answers(json.loads(done.stdout)) == {name: COMPARED}, done.stderr
