"""This repository holds to its own rules: versions agree, generated files are up to date, docs are true."""

import re
import tomllib
from pathlib import Path

import pytest

from ci import definition, generate, plan, schema

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def loaded() -> definition.Definition:
    return definition.load(ROOT)


def test_the_schema_is_current() -> None:
    """To mend: ci schema > ci/pipeline.schema.json"""
    assert (ROOT / schema.FILE).read_text() == schema.text()


def test_generated_files_are_current(loaded: definition.Definition) -> None:
    """To mend: ci generate"""
    generated = generate.generate(ROOT, loaded, plan.compile(loaded.pipeline))
    assert generate.diff(change for one in generated for change in one.changes) == ""
    assert all(one.files for one in generated)


def test_python_versions_agree(loaded: definition.Definition) -> None:
    """The definition, the version file, the image and the package metadata name the same Pythons."""
    python = loaded.pipeline.python
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    oldest = project["project"]["requires-python"].removeprefix(">=")
    checked = {job.python for job in plan.compile(loaded.pipeline).jobs}
    assert oldest in checked, "no job has the Python of requires-python in pyproject.toml"
    assert min(checked, key=_version) == oldest, "a job has an older Python than requires-python in pyproject.toml"
    assert (ROOT / ".python-version").read_text().strip() == python
    assert re.findall(r"python:(\d+\.\d+)", (ROOT / "Dockerfile").read_text())[0] == python


def _version(python: str | None) -> list[int]:
    return [int(part) for part in (python or "").split(".")]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "requirements-engines.txt"])
def test_every_locked_package_has_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    for entry in re.findall(r"^\S+==.*(?:\n    .*)*", text, flags=re.MULTILINE):
        assert "--hash=sha256:" in entry
    assert "://" not in text


def test_what_is_served_is_what_is_tested() -> None:
    """Both locks pin the same versions."""
    served, tested = (dict(re.findall(r"^(\S+)==(\S+)", (ROOT / name).read_text(), flags=re.MULTILINE))
                      for name in ("requirements.txt", "requirements-dev.txt"))
    assert served == {name: tested[name] for name in served}


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/*.md")), ids=lambda page: page.name)
def test_definitions_in_the_docs_are_accepted(page: Path) -> None:
    """A TOML block that begins with the schema line or a version is a whole definition."""
    for block in re.findall(r"^```toml\n(.*?)^```", page.read_text(), flags=re.MULTILINE | re.DOTALL):
        if re.search(r"^version = 1$", block, flags=re.MULTILINE):
            plan.compile(definition.parse(block, file=page.name).pipeline)


@pytest.mark.parametrize("page", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]), ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text()):
        assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_app_and_tool_know_nothing_of_each_other() -> None:
    for package, other in (("app", "ci"), ("ci", "app")):
        for module in (ROOT / package).rglob("*.py"):
            assert not re.search(rf"^\s*(from|import) {other}\b", module.read_text(), flags=re.MULTILINE), module


def test_the_readme_says_what_the_ci_run_calls() -> None:
    assert "python3 -m ci run test" in (ROOT / "README.md").read_text()
    assert "python3 -m ci run test" in (ROOT / ".ci/run").read_text()
