"""Projects that are not as they should be: what can't be read is named, and the rest is adopted all the same."""

from pathlib import Path

from ci import definition
from ci.projects.adopt import adoption
from ci.projects.adopt.findings import Remark
from ci.projects.adopt.survey import survey
from ci.projects.adopt.tree import read_tree
from tests.projects.adopt.samples import surveyed
from tests.repository import Repository

NO_BRACKET = "Expected ']' at the end of a table declaration (at line 1, column 9)"


def test_configuration_that_can_not_be_read_is_named(folder: Path) -> None:
    repository = Repository.create(folder)
    repository.write({"pyproject.toml": "[project\n", "tox.ini": "envlist = py\n", "requirements.txt": "flask\n"})
    (folder / "Pipfile").write_bytes(b"# caf\xe9\n")
    repository.commit()
    found = survey(read_tree(folder, ""))
    assert found.install.steps == ("python -m pip install -r requirements.txt",)
    assert list(found.remarks) == [
        Remark("pyproject.toml", f"is not valid TOML: {NO_BRACKET}", "mend it, then adopt again"),
        Remark("tox.ini", "can't be read: File contains no section headers.", "mend it, then adopt again"),
    ]


def test_toml_that_is_not_utf_8_is_named(folder: Path) -> None:
    repository = Repository.create(folder)
    (folder / "pyproject.toml").write_bytes("# é\n[project]\nname = 'x'\n".encode("latin-1"))
    repository.commit()
    (remark,) = survey(read_tree(folder, "")).remarks
    assert (remark.subject, remark.reason) == ("pyproject.toml", "is not UTF-8, as TOML must be")


def test_an_ini_file_in_another_encoding_with_windows_line_ends_is_read(folder: Path) -> None:
    repository = Repository.create(folder)
    (folder / "setup.cfg").write_bytes("# naïve\r\n[flake8]\r\nexclude = .venv\r\n".encode("latin-1"))
    repository.commit()
    assert [one.commands for one in survey(read_tree(folder, "")).linters] == [("python -m flake8",)]


def test_values_of_the_wrong_kind_are_no_values(folder: Path) -> None:
    text = """\
dependency-groups = { test = "pytest", dev = [1, { include-group = "dev" }] }
[project]
name = 7
classifiers = "x"
optional-dependencies = { test = { a = 1 } }
[tool]
ruff = 3
poetry = []
tox = "x"
"""
    found = surveyed(folder, {"pyproject.toml": text, "setup.py": "setup(name=NAME, **rest", "noxfile.py": "def"})
    assert found.name == "project"


def test_only_tracked_files_count_and_links_are_not_followed(folder: Path) -> None:
    repository = Repository.create(folder)
    (folder / "requirements.txt").symlink_to("/etc/passwd")
    (folder / "loop").symlink_to(".")
    repository.commit({"app.py": ""})
    repository.write({"tests/test_new.py": "def test_x(): pass\n"})
    tree = read_tree(folder, "")
    assert tree.files == ("app.py",)
    assert survey(tree).tests is None


def test_submodules_are_named(folder: Path, tmp_path: Path) -> None:
    inner = Repository.create(tmp_path / "inner")
    inner.commit({"setup.py": ""})
    repository = Repository.create(folder)
    repository.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner.root), "vendor/inner")
    repository.commit({"app.py": ""})
    (remark,) = survey(read_tree(folder, "")).remarks
    assert remark.subject == "vendor/inner"


def test_ten_thousand_files(folder: Path) -> None:
    repository = Repository.create(folder)
    repository.write({f"shop{n // 100}/test_{n}.py": "def test_x(): pass\n" for n in range(10_000)})
    repository.git("add", "--all")
    tree = read_tree(folder, "")
    assert len(tree.files) == 10_000
    assert survey(tree).tests


def test_a_project_in_a_folder_with_a_blank(folder: Path) -> None:
    project, test = "[project]\nname = 'Läden & more'\n", "def test_a(): pass\n"
    Repository.create(folder).commit({"my shop/pyproject.toml": project, "my shop/test_a.py": test})
    found = adoption.look(folder / "my shop")
    made = adoption.prepare(found, found.suggested)
    pipeline = definition.parse(made.changes.files["ci/pipeline.toml"].decode()).pipeline
    assert pipeline.name == "L-den - more"
    assert pipeline.cache == ()
    (stage,) = pipeline.stage
    assert stage.run == ("cd 'my shop' && python -m pytest --junitxml=reports/junit.xml",)
    assert not stage.reports.junit


def test_what_tests_may_need_is_named(folder: Path) -> None:
    found = surveyed(folder, {
        "shop/settings.py": "DB = os.environ['DATABASE_URL']  # postgres://...\nKEY = os.environ['SECRET_KEY']\n",
        "compose.yml": "services:\n  cache:\n    image: redis:7\n",
        "requirements.txt": "pytest-benchmark\n",
    })  # fmt: skip
    assert [remark.subject for remark in found.remarks] == [
        "compose.yml", "pytest-benchmark", "PostgreSQL (shop/settings.py)", "Redis (compose.yml)",
        "DATABASE_URL (shop/settings.py)", "SECRET_KEY (shop/settings.py)",
    ]  # fmt: skip
