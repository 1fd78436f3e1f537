"""`ci new --here`: a fork of this repository becomes a project, in place."""

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ci.projects import home, template
from ci.projects.choices import Choices
from tests.projects.test_new import files
from tests.repository import Repository
from tests.tool import ROOT, call

Here = Callable[..., "subprocess.CompletedProcess[str]"]

#: What this repository has and a project has too, written for it.
WRITTEN = {
    ".gitattributes", ".gitignore", ".python-version", "LICENSE", "README.md", "ci/lock.sh", "ci/pipeline.toml",
    "pyproject.toml", "requirements-dev.txt",
}  # fmt: skip


@pytest.fixture(scope="module")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """This repository as it stands, as one commit."""
    made = Repository.create(tmp_path_factory.mktemp("upstream") / "web-template")
    for path in Repository(ROOT).git("ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        if (ROOT / path).is_file():
            (made.root / path).parent.mkdir(parents=True, exist_ok=True)
            (made.root / path).write_bytes((ROOT / path).read_bytes())
    made.commit(message="upstream")
    return made


@pytest.fixture
def fork(upstream: Repository, tmp_path: Path) -> Repository:
    """Somebody's fork."""
    return upstream.copy(tmp_path / "shop")


@pytest.fixture
def here(fork: Repository) -> Here:
    """Run `ci new --here` in the fork."""

    def called(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return call("new", "--here", *arguments, cwd=fork.root)

    return called


def test_every_file_of_this_repository_is_the_tools_or_a_projects(upstream: Repository) -> None:
    """To mend: a new file goes into ci/projects/home.py, or into what `ci.distribution.contents` calls the sample."""
    paths = upstream.git("ls-files").splitlines()
    sample = {path for path in paths if home.is_the_samples(path)}
    others = [path for path in paths if path not in {*sample, *WRITTEN}]
    assert [path for path in others if not home.is_the_tools(path, Choices("shop"))] == []


@pytest.mark.parametrize(
    "options", [[], ["--deploy", "heroku", "--engines", "gocd"], ["--no-benchmarks", "--deploy", "none"]]
)
def test_it_gives_the_tree_that_a_new_project_has(
    here: Here, fork: Repository, tmp_path: Path, options: list[str]
) -> None:
    assert here(*options).returncode == 0
    new = tmp_path / "elsewhere" / "shop"
    call("new", new, *options, cwd=tmp_path).check_returncode()
    assert files(fork.root) == files(new)


def test_what_the_fork_has_made_of_the_app_stays(here: Here, fork: Repository) -> None:
    pages = (fork.root / "app" / "pages.py").read_text() + "# ours\n"
    fork.commit({
        "app/pages.py": pages, "app/orders.py": "ORDERS = 1\n", "docs/orders.md": "Orders\n",
        "tests/test_orders.py": "", "notes.txt": "mine\n",
    })
    assert here().returncode == 0
    made = files(fork.root)
    assert made["app/pages.py"] == pages.encode()
    assert {"app/orders.py", "docs/orders.md", "tests/test_orders.py", "notes.txt"} <= set(made)


@pytest.fixture
def own_here(fork: Repository) -> Here:
    """The same with the fork's own tool, as its users call it."""

    def called(*arguments: str) -> "subprocess.CompletedProcess[str]":
        code = f"import sys; sys.path[0] = {str(fork.root)!r}; from ci.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", code, "new", "--here", *arguments]
        return subprocess.run(command, cwd=fork.root, stdin=subprocess.DEVNULL, capture_output=True, text=True)

    return called


def test_what_git_ignores_stays_out_of_the_wheel(own_here: Here, fork: Repository) -> None:
    """The wheel is committed; passwords and databases that lie in the folder of an app must not be."""
    fork.commit({".gitignore": f"{(fork.root / '.gitignore').read_text()}secrets.py\n*.sqlite\n"})
    fork.write({"app/secrets.py": "TOKEN = 1\n", "app/data/orders.sqlite": "", "ci/secrets.py": "TOKEN = 2\n"})
    assert own_here().returncode == 0
    paths = zipfile.ZipFile(next(fork.root.glob("ci/*.whl"))).namelist()
    assert "ci/projects/sample/app/pages.py" in paths
    assert [path for path in paths if "secrets" in path or path.endswith(".sqlite")] == []


def test_a_fork_without_licence_and_changelog_becomes_one(own_here: Here, fork: Repository) -> None:
    fork.git("rm", "--quiet", "LICENSE", "CHANGELOG.md", "README.md")
    fork.commit()
    assert own_here().returncode == 0


def test_a_fork_without_the_lock_of_the_app_is_told_so(here: Here, fork: Repository) -> None:
    fork.git("rm", "--quiet", "requirements.txt")
    fork.commit()
    done = here()
    assert (done.returncode, done.stderr) == (
        2,
        "ci: requirements.txt is missing, which says what the app runs with: make it with `sh ci/lock.sh`, or take it "
        "from an older commit, then commit it\n",
    )


def test_what_the_fork_has_renamed_is_to_be_renamed_in_the_definition(here: Here, fork: Repository) -> None:
    fork.git("mv", "app", "shop")
    fork.git("rm", "--quiet", "Dockerfile")
    fork.commit()
    assert (
        "ci/pipeline.toml names what is not there: Dockerfile, app; change it before you run it\n" in here().stdout
    )


def test_a_file_that_is_no_text_is_named(here: Here, fork: Repository) -> None:
    (fork.root / "Dockerfile").write_bytes(b"# B\xe4cker\n")
    fork.commit()
    done = here()
    assert (done.returncode, done.stderr) == (
        2, "ci: Dockerfile is no text in UTF-8: save it as such, and commit it\n"
    )
    assert fork.git("status", "--porcelain") == ""


def test_from_a_folder_of_the_fork_the_commands_lead_to_its_top(fork: Repository) -> None:
    assert call("new", "--here", cwd=fork.root / "app").stdout.endswith(
        f"""
this is a project now; git undoes it with: cd {fork.root} && git reset --hard && git clean -fd
next:
  cd {fork.root}
  git add --all && git commit -m "A project of our own"
  python3 -m ci run
"""
    )


def test_packages_that_the_fork_has_added_stay(here: Here, fork: Repository) -> None:
    project = (fork.root / "pyproject.toml").read_text().replace('"gunicorn"]', '"gunicorn", "redis"]', 1)
    entry = f"redis==6.0.0 \\\n    --hash=sha256:{'0' * 64}\n"
    fork.commit({
        "pyproject.toml": project, "requirements.txt": (fork.root / "requirements.txt").read_text() + entry,
    })
    assert here().returncode == 0
    assert '"gunicorn", "redis"]' in (fork.root / "pyproject.toml").read_text()
    assert entry in (fork.root / "requirements-dev.txt").read_text()


def test_everything_is_named_before_it_is_done(here: Here, fork: Repository) -> None:
    done = here("--dry-run")
    lines = done.stdout.splitlines()
    assert lines[0] == f"{fork.root}:"
    assert {
        "  new       ci/pipeline_everywhere-0.2.0-py3-none-any.whl", "  replaced  README.md", "  removed   ci/runner/",
        "  removed   docs/", "  removed   tests/ci/",
    } <= set(lines)
    assert fork.git("status", "--porcelain") == ""


def test_git_undoes_it(here: Here, fork: Repository) -> None:
    before = files(fork.root)
    assert here().stdout.splitlines()[-4] == (
        "this is a project now; git undoes it with: git reset --hard && git clean -fd"
    )
    fork.git("reset", "--quiet", "--hard")
    fork.git("clean", "--quiet", "-fd")
    assert files(fork.root) == before


def test_changes_that_are_not_committed_are_refused(here: Here, fork: Repository) -> None:
    fork.write({"app/pages.py": "", "new.txt": ""})
    done = here()
    assert (done.returncode, done.stderr) == (
        2,
        "ci: the working tree has changes that are not committed:\n  app/pages.py\n  new.txt\n"
        "commit them, so that git can undo what comes; or go on all the same with --force\n",
    )
    forced = here("--force")
    assert (forced.returncode, "git clean" in forced.stdout) == (0, False), "git can't undo what it did not have"


def test_another_repository_is_no_fork(tmp_path: Path) -> None:
    other = Repository.create(tmp_path / "other")
    other.commit({"README": ""})
    done = call("new", "--here", cwd=other.root)
    assert (done.returncode, done.stderr) == (
        2,
        f"ci: {other.root} is no fork of the template: `ci new DIRECTORY` makes a new project, and `ci adopt` adds the "
        "tool to one that exists\n",
    )


def test_packages_of_a_broken_project_file_are_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert home.packages(tmp_path) == template.PACKAGES
