"""The benchmark job as part of a pipeline: a slower page fails it and nothing else, an innocent commit never does.

The project is this repository's app with its benchmarks, and a pipeline around them that needs no installation.
"""

import json
import os
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest

from ci import definition, plan
from ci.adapters import github, jenkins
from ci.adapters.github.pins import WORKFLOW
from ci.bench import history
from tests.engines.jenkinsfile import Reader
from tests.engines.jenkinsfile_build import build
from tests.engines.jenkinsfile_conditions import pull_request
from tests.engines.workflow_run import REPOSITORY, run_workflow
from tests.repository import GIT, Repository, isolate
from tests.tool import CI, ROOT

pytestmark = pytest.mark.engine

PIPELINE = f"""\
version = 1
name = "shop"

[on]
push = ["main"]
pull-request = ["main"]

[bench]
paths = ["tests/benchmarks/test_app.py"]
budget = "75s"
history = "~/.cache/shop/benchmarks"

[[stage]]
name = "lint"
run = ["true"]

[[stage]]
name = "check"

[[stage.job]]
name = "benchmark"
history = true
run = [{json.dumps([*CI, "bench"])}]
reports = {{ junit = "reports/benchmark.xml", benchmark = "reports/benchmark.json" }}
cache = [{{ paths = ["~/.cache/shop/benchmarks"], grows = true }}]

[[stage.job]]
name = "test"
run = ["true"]
"""

#: `GET /` takes 20 % longer.
SLOWER = '''

def _slower(create: Callable[..., Flask]) -> Callable[..., Flask]:
    def create_slower(*arguments: Any) -> Flask:
        app = create(*arguments)
        answer = app.wsgi_app

        def answer_slowly(environ: Any, start_response: Any) -> Any:
            began = perf_counter()
            response = answer(environ, start_response)
            until = began + 1.2 * (perf_counter() - began)
            while environ["PATH_INFO"] == "/" and perf_counter() < until:
                pass
            return response

        app.wsgi_app = answer_slowly
        return app

    return create_slower


from collections.abc import Callable
from time import perf_counter
from typing import Any

create_app = _slower(create_app)
'''


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git without the settings of this machine, no engine around, and this checkout's tool."""
    isolate(monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """A branch of the app that is level with main, as an engine checks it out."""
    repository = Repository.create(tmp_path / "project")
    for name in ("app", "tests/benchmarks/test_app.py", "pyproject.toml"):
        source, target = ROOT / name, repository.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    rendered = github.render(plan.compile(definition.parse(PIPELINE).pipeline), github.Options(), {})
    repository.commit({
        ".gitignore": "__pycache__/\n/reports/\n/var/\n", definition.FILE: PIPELINE, WORKFLOW: rendered.files[WORKFLOW],
    })
    repository.git("config", "remote.origin.url", f"https://github.com/{REPOSITORY}.git")
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.git("switch", "--quiet", "--create", "topic")
    return repository


def slow_down(project: Repository) -> None:
    """Commit what makes `GET /` slower."""
    path = project.root / "app/__init__.py"
    project.commit({"app/__init__.py": path.read_text() + SLOWER})


def comment(project: Repository) -> None:
    """Commit another comment."""
    path = project.root / "app/pages.py"
    project.commit({"app/pages.py": f"# A remark.\n{path.read_text()}"})


def local_run(project: Repository) -> dict[str, str]:
    """Each job's result by `ci run`."""
    done = subprocess.run([*CI, "run", "--json"], cwd=project.root, capture_output=True, text=True, timeout=200)
    assert done.stdout, done.stderr
    return {job["name"]: job["result"] for job in json.loads(done.stdout)["jobs"]}


def pull_request_run(project: Repository, folder: Path) -> dict[str, str]:
    """Each job's result of a pull request on GitHub, whose own merge of it is checked out."""
    tip = project.head
    project.git("checkout", "--quiet", "--detach", "main")
    project.git("merge", "--quiet", "--no-ff", "--message", "merge", tip)
    head = {"ref": "topic", "repo": {"full_name": REPOSITORY}}
    payload: dict[str, Any] = {"number": 7, "pull_request": {"number": 7, "head": head, "base": {"ref": "main"}}}
    done = run_workflow(
        project.root, folder, "pull_request", payload=payload, environment={"PYTHONPATH": str(ROOT), **GIT}
    )
    return done.results


def push_run(project: Repository, folder: Path, caches: Path) -> dict[str, str]:
    """Each job's result of a push to main on GitHub, on a fresh machine."""
    project.git("update-ref", "refs/remotes/origin/main", "HEAD")
    return run_workflow(
        project.root, folder, "push", payload={"ref": "refs/heads/main"}, caches=caches,
        environment={"PYTHONPATH": str(ROOT), **GIT},
    ).results


def jenkins_run(project: Repository, folder: Path, groovy: Reader) -> dict[str, str]:
    """Each job's result of a pull request on Jenkins, whose clone lacks the branch that it goes to."""
    rendered = jenkins.render(plan.compile(definition.parse(PIPELINE).pipeline), jenkins.Options(), {})
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **GIT}
    file = groovy.read(rendered.files["Jenkinsfile"])
    return build(file, project.root, folder, pull_request(7), environment=environment).jobs


def failed_cases(report: Path) -> list[str]:
    cases = ElementTree.parse(report).iter("testcase")
    return [str(case.get("name")) for case in cases if case.find("failure") is not None]


def test_a_slower_page_fails_the_benchmark_job_and_nothing_else(
    project: Repository, tmp_path: Path, groovy: Reader
) -> None:
    """On a laptop and in a pull request on both engines; what is reported names the page, not the other benchmark."""
    slow_down(project)
    assert local_run(project) == {"lint": "success", "benchmark": "failure", "test": "success"}
    assert failed_cases(project.root / "reports/benchmark/benchmark.xml") == ["test_page"]
    assert jenkins_run(project, tmp_path / "build", groovy) == {
        "lint": "success", "benchmark": "failure", "test": "success",
    }
    assert pull_request_run(project, tmp_path / "run") == {
        "lint": "success", "benchmark": "failure", "test": "success", "gate": "failure",
    }


def test_the_history_goes_from_run_to_run(project: Repository, tmp_path: Path) -> None:
    """Also from a run whose benchmark job failed: that is the commit that a reader of the history looks for."""
    caches = tmp_path / "caches"
    caches.mkdir()
    project.git("switch", "--quiet", "main")
    slow_down(project)
    slower = project.head
    assert push_run(project, tmp_path / "first", caches)["benchmark"] == "failure"
    comment(project)
    assert push_run(project, tmp_path / "second", caches)["benchmark"] == "success"
    found = history.read(tmp_path / "second/.cache/shop/benchmarks")
    assert [(run.base and run.base.id, run.head.id) for run in found.runs] == [
        (project.git("rev-parse", "HEAD~2"), slower), (slower, project.head),
    ]
    page, other = history.series(found)
    assert page.id.endswith("::test_page") and 1.1 < page.level < 1.4
    assert not other.id.endswith("::test_page") and 0.9 < other.level < 1.1


def test_another_comment_passes(project: Repository, tmp_path: Path) -> None:
    comment(project)
    assert local_run(project) == {"lint": "success", "benchmark": "success", "test": "success"}
    assert pull_request_run(project, tmp_path / "run") == {
        "lint": "success", "benchmark": "success", "test": "success", "gate": "success",
    }


def test_another_comment_passes_twenty_times_out_of_twenty(project: Repository) -> None:
    comment(project)
    command = [*CI, "bench", "--budget", "3s", "--json"]
    for _time in range(20):
        done = subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        assert [result["answer"] for result in json.loads(done.stdout)["results"] if result["answer"] == "slower"] == []
    assert list((project.root / "var/bench").iterdir()) == []
