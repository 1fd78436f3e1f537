"""What a project made from this repository starts with: names may change, and its tests need nothing of this one.

That they pass alone is a part of tests/projects/test_first_run.py.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import create_app
from app.config import Config, ConfigError
from app.logs import logfmt
from app.release import parse_release
from tests.app import conftest as servers
from tests.app.servers import Server
from tests.app.test_gunicorn import APP, held_requests
from tests.repository import Repository

ROOT = Path(__file__).parents[2]

serve = servers.serve

#: What a project gets, but those files of it that it may do without (heroku.yml, app.json, LICENSE ...).
FILES = (
    "app", "tests/app", "Dockerfile", ".dockerignore", "Procfile", "gunicorn.conf.py", "pyproject.toml",
    "requirements.txt", ".flake8",
)  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A new repository with the app and its tests, and nothing else of this one."""
    made = Repository.create(tmp_path / "shop")
    for name in FILES:
        source, target = ROOT / name, made.root / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target)
    made.commit()
    return made.root


def run(project: Path, *arguments: str) -> str:
    """Run Python in the project, which must succeed; what it says."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run([sys.executable, *arguments], cwd=project, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_tests_of_the_app_need_nothing_but_what_a_project_has() -> None:
    allowed = {"app", "tests.app.servers", "pytest", "flask", "jinja2", *sys.stdlib_module_names}
    for module in (ROOT / "tests/app").glob("*.py"):
        for name in re.findall(r"^\s*(?:from|import) ([\w.]+)", module.read_text(), re.MULTILINE):
            assert name in allowed or name.partition(".")[0] in allowed, f"{module.name}: {name}"


RENAMED = {
    "another function": lambda text: text.replace("def home", "def index"),
    "a blueprint": lambda text: text.replace("@app.get", "site = Blueprint('site', __name__)\n\n    @site.get").replace(
        "import Flask", "import Blueprint, Flask") + "\n    app.register_blueprint(site)\n",
    "another template": lambda text: text.replace("home.html", "start.html"),
}


@pytest.mark.parametrize("change", RENAMED)
def test_whoever_renames_the_page_still_has_error_pages(project: Path, change: str) -> None:
    pages, templates = project / "app/pages.py", project / "app/templates"
    before = pages.read_text()
    pages.write_text(RENAMED[change](before))
    assert pages.read_text() != before
    shutil.copy(templates / "home.html", templates / "start.html")
    code = """
from app import create_app
client = create_app().test_client()
for path in ("/", "/nope"):
    answer = client.get(path)
    print(answer.status, "Back to the start page" in answer.text)
"""
    said = [line for line in run(project, "-c", code).splitlines() if not line.startswith("time=")]
    assert said == ["200 OK False", "404 NOT FOUND True"]


@given(st.dictionaries(st.sampled_from(["PORT", "WEB_CONCURRENCY", "TRUSTED_PROXIES", "RELEASE"]), st.text()))
def test_no_setting_does_worse_than_one_line(environ: dict[str, str]) -> None:
    try:
        config = Config.from_environment(environ)
    except ConfigError as error:
        assert str(error).isascii() and str(error).isprintable()
    else:
        assert config.port in range(1, 65536) and config.workers > 0


@given(st.text(max_size=300), st.text(max_size=300))
def test_every_value_in_the_log_can_be_read_back(first: str, second: str) -> None:
    line = logfmt(a=first, b=second)
    assert line.isascii() and line.isprintable()
    fields = re.fullmatch(r'a=("(?:[^"\\]|\\.)*"|[^" ]+) b=("(?:[^"\\]|\\.)*"|[^" ]+)', line)
    assert fields is not None
    assert [json.loads(text) if text.startswith('"') else text for text in fields.groups()] == [first, second]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
json_keys = st.sampled_from(["release", "commit", "built", "checks", "repository"])


@given(st.binary() | st.dictionaries(json_keys, json_values).map(lambda fields: json.dumps(fields).encode()))
def test_any_release_file_is_read_or_explained_in_one_line(content: bytes) -> None:
    try:
        release = parse_release(content)
    except ConfigError as error:
        assert "\n" not in str(error)
    else:
        assert release.name == json.loads(content)["release"]


class Outline(HTMLParser):
    """The tags of a page in order, and the text of its list items."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.items: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "li":
            self.items.append("")

    def handle_data(self, data: str) -> None:
        if self.items and self.lasttag == "li":
            self.items[-1] += data


hostile = st.sampled_from(["<script>x</script>", '"><img src=x>', "{{ 7 * 7 }}", "</li><li>", "&lt;", "'"])
printable = st.text(min_size=1, max_size=120).filter(lambda name: name.isprintable() and bool(name.strip()))


@given(st.lists(hostile | printable, min_size=1, max_size=5))
def test_no_name_of_a_check_breaks_the_page(checks: list[str]) -> None:
    found, plain = (outline(names) for names in (checks, ["x"] * len(checks)))
    assert found.tags == plain.tags
    assert [item.strip() for item in found.items] == [check.strip() for check in checks]


def outline(checks: list[str]) -> Outline:
    """Of the page of a release with these checks."""
    release = parse_release(json.dumps({"release": "v1", "checks": checks}).encode())
    return Outline(create_app(Config(), release).test_client().get("/").text)


@pytest.mark.slow
def test_gunicorn_still_needs_the_setting_about_finished_connections(
    serve: Callable[..., Server], project: Path
) -> None:
    """tests/app shows that the setting helps; a project need not wait for what this shows."""
    (project / "gunicorn.conf.py").unlink()
    server = serve("-m", "gunicorn", "-k", "gthread", "--threads", "4", "-w", "1", APP, folder=project)
    assert any(seconds > 1.5 for seconds in held_requests(server)), (
        "gunicorn does not wait for the client any more: drop the fix in gunicorn.conf.py, and this test"
    )
