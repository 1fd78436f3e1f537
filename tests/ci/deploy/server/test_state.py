"""What an app keeps in its folders for state outlives its releases."""

import json
import urllib.request
from pathlib import Path

import pytest

from ci.deploy import archive, server
from ci.deploy.contract import Contract
from ci.deploy.server import state
from ci.deploy.server.directory import ServerDirectory
from ci.deploy.unpack import BadArchive
from ci.errors import UsageError
from tests.ci.deploy.conftest import Deploy
from tests.ci.deploy.releases import PATHS, Project, make_environment, release_of, settings

#: A shop whose items are in a database in Flask's instance folder.
SHOP = """
import json, os, pathlib, sqlite3
from flask import Flask, request

app = Flask(__name__)
os.makedirs(app.instance_path, exist_ok=True)

def database():
    return sqlite3.connect(os.path.join(app.instance_path, "shop.db"))

with database() as opened:
    opened.execute("CREATE TABLE IF NOT EXISTS item (name TEXT)")

@app.get("/healthz")
def healthz():
    return json.loads(pathlib.Path("release.json").read_text())

@app.get("/")
def items():
    with database() as opened:
        return [name for name, in opened.execute("SELECT name FROM item ORDER BY rowid")]

@app.post("/<name>")
def add(name):
    with database() as opened:
        opened.execute("INSERT INTO item VALUES (?)", (name,))
    return ""

def create_app():
    return app
"""


def build(project: Project, files: dict[str, str], *, without: str = "") -> Path:
    """The archive of a new commit of ``files`` beside those of every release."""
    project.commit(files)
    paths = {*PATHS, *files} - {without}
    made = archive.build(project.root, sorted(paths), environ={})
    return made.rename(project.root.parent / made.name)


def items(port: int) -> list[str]:
    """What is in the shop."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        found: list[str] = json.load(answer)
    return found


def add(port: int, name: str) -> None:
    """Put an item into the shop."""
    urllib.request.urlopen(f"http://127.0.0.1:{port}/{name}", data=b"").close()


@pytest.mark.parametrize("module", ["app.py", "app/__init__.py"])
def test_a_database_in_the_instance_folder_survives_exchange_rollback_and_stop(
    project: Project, deploy: Deploy, directory: Path, port: int, module: str
) -> None:
    if module != "app.py":
        project.git("rm", "--quiet", "app.py")
    old, new = (build(project, {module: SHOP + f"# {number}"}, without="" if module == "app.py" else "app.py")
                for number in (1, 2))
    deploy(old)
    add(port, "milk")
    deploy(new)
    assert items(port) == ["milk"]
    add(port, "bread")
    server.rollback(None, directory, environ=settings(port), make_environment=make_environment)
    assert items(port) == ["milk", "bread"]
    server.stop(directory)
    deploy(build(project, {module: SHOP}, without="" if module == "app.py" else "app.py"))
    assert items(port) == ["milk", "bread"]
    assert [path.name for path in (directory / "shared" / "instance").iterdir()] == ["shop.db"]


def test_folders_are_named_by_the_environment(project: Project, deploy: Deploy, directory: Path) -> None:
    deploy(project.build(), terms=Contract(state=("data/uploads", "logs")))
    current = (directory / "current").resolve()
    assert {name: (current / name).resolve() for name in ("data/uploads", "logs")} == {
        "data/uploads": directory / "shared/data/uploads", "logs": directory / "shared/logs",
    }  # fmt: skip
    assert not (current / "instance").exists()
    deploy(project.build(), terms=Contract(state=()))
    assert not ((directory / "current").resolve() / "logs").exists()


def test_a_link_that_is_missing_is_there_after_a_rollback(project: Project, deploy: Deploy, directory: Path) -> None:
    terms = Contract(state=("uploads",))
    old = ServerDirectory(directory).releases / deploy(project.build(), terms=terms).release
    deploy(project.build(), terms=terms)
    (link,) = old.parent.glob(f"{old.name}-*/uploads")
    link.unlink()
    server.rollback(None, directory, environ=settings(1), make_environment=make_environment)
    assert link.resolve() == directory / "shared/uploads"


def test_code_and_state_can_not_share_a_folder(project: Project, deploy: Deploy, directory: Path) -> None:
    made = build(project, {"instance/schema.sql": "", "instance/.gitkeep": ""})
    with pytest.raises(BadArchive) as caught:
        deploy(made)
    assert str(caught.value) == (
        f"{made} holds instance/schema.sql, and releases share instance for the state of the app: keep that file "
        "elsewhere, or name other folders with `state` in ci/pipeline.toml"
    )
    assert list((directory / "releases").iterdir()) == []
    with pytest.raises(BadArchive, match="holds app.py, and releases share app.py for the state"):
        deploy(project.build(), terms=Contract(state=("app.py",)))


def test_folders_that_git_keeps_empty_are_there(project: Project, deploy: Deploy, directory: Path) -> None:
    deploy(build(project, {"instance/.gitignore": "*.db", "instance/uploads/.gitkeep": ""}))
    assert (directory / "current/instance/uploads").resolve() == directory / "shared/instance/uploads"


def test_state_that_a_release_keeps_in_itself_is_not_left_behind(
    project: Project, deploy: Deploy, directory: Path
) -> None:
    """As a deployment did before it made links, or without the key `state`."""
    old = release_of(project.build())
    deploy(project.root.parent / f"shop-{old}.tar.gz", terms=Contract(state=()))
    kept = (directory / "current").resolve() / "instance"
    kept.mkdir()
    (kept / "shop.db").touch()
    with pytest.raises(UsageError) as caught:
        deploy(project.build())
    assert str(caught.value) == (
        f"{kept / 'shop.db'} would be lost with its release: state lies in {directory / 'shared'} now. Run `ci stop`, "
        "move the folders instance of that release there, and deploy again"
    )
    server.stop(directory)
    kept.rename(directory / "shared" / "instance")
    deploy(project.build())
    assert (directory / "current/instance/shop.db").is_file()


@pytest.mark.parametrize(
    ("folders", "reason"),
    [
        (["/srv/data"], "'/srv/data' is no folder inside the release"),
        (["a/../b"], "'a/../b' is no folder inside the release"),
        (["data/"], "'data/' is no folder inside the release"),
        (["."], "'.' is no folder inside the release"),
        ([".venv"], "the server itself has a file called '.venv'"),
        (["release.json"], "the server itself has a file called 'release.json'"),
        (["gunicorn.log"], "the server itself has a file called 'gunicorn.log'"),
        (["data/uploads", "data"], "'data/uploads' lies in 'data'"),
        (["data", "data"], "'data' lies in 'data'"),
    ],
)
def test_folders_that_can_not_hold_state_are_refused(folders: list[str], reason: str) -> None:
    with pytest.raises(UsageError, match=f"^state: {reason}"):
        state.check(folders)
