"""`ci new DIRECTORY`: what a project holds, and what is refused. Projects at work: test_first_run.py."""

import os
import pty
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ci import adapters, definition, plan
from ci.projects.choices import Choices
from tests.processes import until
from tests.repository import Repository
from tests.tool import CI, call

New = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def new(tmp_path: Path) -> New:
    """Run `ci new` in an empty folder."""

    def called(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return call("new", *arguments, cwd=tmp_path)

    return called


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder by path, without git's own."""
    paths = (path for path in folder.rglob("*") if path.is_file() and ".git" not in path.relative_to(folder).parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of which nobody said more than where."""
    folder = tmp_path_factory.mktemp("new") / "shop"
    call("new", folder, cwd=folder.parent).check_returncode()
    return folder


def test_a_project_is_small_enough_to_be_read(shop: Path) -> None:
    made = files(shop)
    read = (path for path in made if not path.startswith("requirements") and not path.endswith(".whl"))
    assert len(made) <= 50
    assert sum(made[path].count(b"\n") for path in read) <= 4500


def test_nothing_of_the_tool_is_in_it_but_one_file_and_what_starts_it(shop: Path) -> None:
    assert sorted(path for path in files(shop) if path.startswith("ci/")) == [
        "ci/__main__.py", "ci/lock.sh", "ci/pipeline.toml", "ci/pipeline_everywhere-0.2.0-py3-none-any.whl",
    ]


def test_the_name_is_in_its_files_and_no_other_is(shop: Path) -> None:
    made = files(shop)
    texts = {path: content.decode() for path, content in made.items() if not path.endswith(".whl")}
    named = {path for path, text in texts.items() if "shop" in text}
    assert {"README.md", "LICENSE", "pyproject.toml", "ci/pipeline.toml"} <= named
    assert [path for path, text in texts.items() if "web-template" in text] == []


def test_it_is_said_what_was_written_and_what_comes_next(new: New, tmp_path: Path) -> None:
    said = new("shop").stdout
    assert said.splitlines()[:2] == [f"{tmp_path}/shop:", "  new       .dockerignore"]
    assert said.endswith(
        f"""
made shop
next:
  cd {tmp_path}/shop
  git add --all && git commit -m "A project of our own"
  python3 -m ci run
"""
    )


def test_the_folder_becomes_a_repository_with_the_branch(new: New, tmp_path: Path) -> None:
    assert new("shop", "--branch", "trunk").returncode == 0
    assert Repository(tmp_path / "shop").git("symbolic-ref", "HEAD") == "refs/heads/trunk"
    pipeline = definition.load(tmp_path / "shop").pipeline
    assert (pipeline.default_branch, pipeline.on.push, pipeline.on.pull_request) == ("trunk", ("trunk",), ("trunk",))


def test_an_empty_repository_is_filled(new: New, tmp_path: Path) -> None:
    """As somebody has it who made one on a server and cloned it."""
    Repository.create(tmp_path / "shop")
    assert new("shop").returncode == 0
    assert Repository(tmp_path / "shop").git("status", "--porcelain").startswith("?? ")


def test_what_comes_next_can_be_typed_whatever_the_folder_is_called(new: New, tmp_path: Path) -> None:
    assert f"  cd '{tmp_path}/my shop'\n" in new("my shop").stdout


def test_inside_of_another_repository_it_is_one_of_its_own(new: New, tmp_path: Path) -> None:
    """Pipelines belong to whole repositories; and nothing can be committed in a bare one."""
    Repository.create(tmp_path / "outer")
    Repository(tmp_path).git("init", "--quiet", "--bare", "bare.git")
    for folder in ("outer/shop", "bare.git/shop"):
        assert new(folder).returncode == 0
        assert Repository(tmp_path / folder).git("rev-parse", "--show-toplevel") == f"{tmp_path}/{folder}"


def test_the_branch_of_an_empty_repository_is_the_one_that_is_suggested(new: New, tmp_path: Path) -> None:
    Repository(tmp_path).git("init", "--quiet", "--initial-branch=trunk", "shop")
    assert new("shop").returncode == 0
    assert definition.load(tmp_path / "shop").pipeline.default_branch == "trunk"


def test_without_git_nothing_is_written(new: New, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for arguments in (["shop"], ["--here"]):
        done = new(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "ci: git is not installed, or not on PATH\n")
    assert list(tmp_path.iterdir()) == []


def test_the_tool_is_committed_whatever_git_ignores_everywhere(new: New, tmp_path: Path) -> None:
    assert new("shop").returncode == 0
    (tmp_path / "shop/.git/info/exclude").write_text("*.whl\n")
    Repository(tmp_path / "shop").commit()
    assert "ci/pipeline_everywhere-0.2.0-py3-none-any.whl" in Repository(tmp_path / "shop").git("ls-files")


def test_a_dry_run_lists_and_writes_nothing(new: New, tmp_path: Path) -> None:
    assert "  new       app/__init__.py\n" in new("shop", "--dry-run").stdout
    assert not (tmp_path / "shop").exists()


def test_a_folder_that_holds_files_is_left_alone(new: New, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "thesis.txt").touch()
    done = new("shop")
    assert (done.returncode, done.stderr) == (
        2,
        f"ci: {tmp_path}/shop holds files already (thesis.txt): name another folder. In a project that exists, "
        "`ci adopt` adds the tool; a fork of the template becomes a project with `ci new --here`\n",
    )
    assert list(files(tmp_path / "shop")) == ["thesis.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Error: name one DIRECTORY, or say --here in a fork of the template"),
        (["shop", "--name", "My Shop"],
         "ci: 'My Shop' can't be a project's name: at most 30 small letters, digits and single hyphens, first a "
         "letter, as in shop or my-shop"),
        (["shop", "--engines", "githup"], "ci: there is no engine 'githup'; did you mean 'github'?"),
        (["shop", "--engines", " , "], "ci: --engines names nothing; write github,jenkins"),
        (["shop", "--python", "3.10"], "ci: --python 3.10: write a version from 3.11 on, as 3.13"),
        (["shop", "--branch", "a..b"], "ci: 'a..b' can't be a branch: git refuses that name"),
        (["shop", "--branch", "HEAD"], "ci: 'HEAD' can't be a branch: git refuses that name"),
        (["shop", "--branch", "a b"], "ci: 'a b' can't be a branch here: letters, digits and . _ / + -, as in main"),
    ],
)  # fmt: skip
def test_wrong_answers_are_refused(new: New, tmp_path: Path, arguments: list[str], message: str) -> None:
    done = new(*arguments)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, message)
    assert not (tmp_path / "shop").exists()


@pytest.mark.parametrize(
    ("folder", "name"), [("My Shop!", "my-shop"), ("2024-report", "report"), ("日本", "app"), ("a_b.c", "a-b-c")]
)
def test_a_folder_of_any_name_gives_one_that_can_be(new: New, tmp_path: Path, folder: str, name: str) -> None:
    assert new(folder).returncode == 0
    assert definition.load(tmp_path / folder).pipeline.name == name


@pytest.mark.parametrize("benchmarks", ["--benchmarks", "--no-benchmarks"])
@pytest.mark.parametrize("deploy", ["server", "heroku", "none"])
def test_what_was_not_asked_for_is_not_there(new: New, tmp_path: Path, deploy: str, benchmarks: str) -> None:
    assert new("shop", "--deploy", deploy, benchmarks).returncode == 0
    made = files(tmp_path / "shop")
    stages = [stage.name for stage in plan.compile(definition.load(tmp_path / "shop").pipeline).stages]
    assert {path for path in made if "heroku" in path or path == "app.json"} == (
        {"app.json", "heroku.yml"} if deploy == "heroku" else set()
    )
    assert ("tests/benchmarks/test_app.py" in made) is (benchmarks == "--benchmarks")
    assert stages == [
        "lint", "test", *(["benchmark"] if benchmarks == "--benchmarks" else []), "build",
        *(["deploy"] if deploy != "none" else []),
    ]


@pytest.mark.parametrize("engine", adapters.BUILT_IN)
def test_the_engines_files_are_those_that_generate_writes(new: New, tmp_path: Path, engine: str) -> None:
    assert new("shop", "--engines", engine).returncode == 0
    done = call("generate", "--check", cwd=tmp_path / "shop")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_place_names_the_pythons_that_were_asked_for(new: New, tmp_path: Path) -> None:
    assert new("shop", "--python", "3.14,3.12").returncode == 0
    made = files(tmp_path / "shop")
    assert made[".python-version"] == b"3.14\n"
    assert b"/python:3.14-slim" in made["Dockerfile"]
    assert b'requires-python = ">=3.12"' in made["pyproject.toml"]
    found = plan.compile(definition.load(tmp_path / "shop").pipeline)
    assert [(job.slug, job.python) for job in found.jobs if job.stage in ("lint", "test")] == [
        ("lint", "3.14"), ("test-3.12", "3.12"), ("test-3.14", "3.14"),
    ]


def test_a_pinned_tool_leaves_no_wheel_in_the_project(new: New, tmp_path: Path) -> None:
    assert new("shop", "--tool", "index").returncode == 0
    made = files(tmp_path / "shop")
    assert [path for path in made if path.endswith(".whl")] == []
    assert b"pipeline-everywhere==0.2.0" in made["requirements-dev.txt"]
    assert b"find-links" not in made["requirements-dev.txt"] + made["ci/lock.sh"]


def test_questions_on_a_terminal_are_asked_again_until_the_answer_can_be(tmp_path: Path) -> None:
    answers = [b"Shop", b"shop", b"github", b"none", b"", b"", b"no"]
    controller, terminal = pty.openpty()
    with subprocess.Popen([*CI, "new", "somewhere"], cwd=tmp_path, stdin=terminal, stdout=terminal, stderr=terminal):
        os.close(terminal)
        os.write(controller, b"".join(answer + b"\n" for answer in answers))
        shown = _read_all(controller)
    assert "Name [somewhere]: " in shown and "'Shop' can't be a project's name" in shown
    pipeline = definition.load(tmp_path / "somewhere").pipeline
    assert (pipeline.name, pipeline.targets, [stage.name for stage in pipeline.stage]) == (
        "shop", ("github",), ["lint", "test", "build"],
    )


def _read_all(controller: int) -> str:
    """What is written to a terminal until its last user goes."""
    shown: list[bytes] = []

    def is_over() -> bool:
        try:
            shown.append(os.read(controller, 65536))
        except OSError:  # Linux says so when nobody has the other end open
            return True
        return False

    until(is_over)
    return b"".join(shown).decode()


def test_choices_that_nobody_makes_are_those_of_the_documentation() -> None:
    assert Choices("shop") == Choices(
        name="shop", engines=("github", "jenkins"), deploy="server", pythons=("3.13",), branch="main", benchmarks=True,
        tool="kept",
    )
