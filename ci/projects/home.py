"""The tool's home, the repository that forks are made from: which of its files are the tool's, and go with it."""

import tomllib
from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ci.distribution.contents import SAMPLE
from ci.projects import template
from ci.projects.choices import Choices

#: Patterns of what no project needs. A page, or a test, that a fork has added matches none of them and stays.
OF_THE_TOOL = (
    ".ci/run", ".pre-commit-config.yaml", "CHANGELOG.md", "CONTRIBUTING.md", "requirements-engines.txt",
    "ci/*.py", "ci/py.typed", "ci/pyproject.toml", "ci/README.md", "ci/pipeline.schema.json",
    "ci/adapters/*", "ci/projects/texts/*",
    "docs/adding-an-engine.md", "docs/adopting.md", "docs/after-ci-new.md", "docs/app.md", "docs/bazel.md",
    "docs/benchmark.png", "docs/benchmarks.md", "docs/buildbot.md", "docs/contract-of-an-app.md", "docs/deploying.md",
    "docs/github-actions.md", "docs/gocd.md", "docs/heroku.md", "docs/jenkins-pipeline.md", "docs/jenkins.md",
    "docs/page.png", "docs/pipeline.md", "docs/teamcity.md", "docs/updating.md",
    "tests/benchmarks/calibration*.py", "tests/benchmarks/jenkins_tasks.py", "tests/benchmarks/test_first_run.py",
    "tests/benchmarks/test_jenkins_requests.py", "tests/benchmarks/test_runner.py", "tests/benchmarks/test_tool*.py",
    "tests/ci/*", "tests/engines/*", "tests/fakes/*", "tests/golden/*", "tests/projects/*", "tests/schemas/*",
    "tests/conftest.py", "tests/definitions.py", "tests/files.py", "tests/ports.py", "tests/processes.py",
    "tests/repository.py", "tests/tool.py",
)  # fmt: skip

#: The engines' files as the home has them; those of the project's own engines are written anew.
_GENERATED = (".github/dependabot.yml", ".github/workflows/ci.yml", "Jenkinsfile")


def is_one(tracked: Collection[str]) -> bool:
    """Whether a repository with these files is the tool's home, or a fork of it."""
    return {"ci/__init__.py", "ci/pyproject.toml"} <= set(tracked)


def is_the_tools(path: str, choices: Choices) -> bool:
    """Whether a file of a fork has no place in a project with these choices."""
    if any(fnmatchcase(path, pattern) for pattern in OF_THE_TOOL) or path in _GENERATED:
        return True
    return is_the_samples(path) and not template.is_wanted(path, choices)


def is_the_samples(path: str) -> bool:
    """Whether a file belongs to the sample app."""
    return any(path == name or path.startswith(f"{name}/") for name in SAMPLE)


def packages(root: Path) -> Sequence[str]:
    """What the app of the fork at ``root`` needs, as its pyproject.toml says."""
    try:
        with (root / "pyproject.toml").open("rb") as file:
            needed = tomllib.load(file)["project"]["dependencies"]
        return [str(package) for package in needed]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError):
        return template.PACKAGES
