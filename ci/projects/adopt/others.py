"""What stands in a project beside its checks and is not taken over: each named, with the reason and what to do."""

import re
from collections.abc import Iterator

from ci.projects.adopt.findings import Remark
from ci.projects.adopt.settings import Settings
from ci.projects.adopt.tree import Tree

_SERVES = ("Procfile", "Dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml")
_OTHER_CI = (
    ".github/workflows/*.yml", ".github/workflows/*.yaml", "Jenkinsfile", ".gitlab-ci.yml", ".travis.yml",
    "azure-pipelines.yml", ".circleci/config.yml", "bitbucket-pipelines.yml", "appveyor.yml",
)

#: Where a project says which servers and variables it works with.
_SETTINGS = (
    "settings*.py", "*/settings*.py", "*/settings/*.py", "config*.py", "*/config*.py", "*/config/*.py", "conftest.py",
    "*/conftest.py", "*.env*", "docker-compose*.y*ml", "compose*.y*ml", ".github/workflows/*.y*ml", ".gitlab-ci.yml",
)
_SERVERS = {
    "PostgreSQL": r"postgres", "MySQL": r"mysql|mariadb", "Redis": r"\bredis", "MongoDB": r"mongo(db|:)",
    "RabbitMQ": r"rabbitmq|amqp://", "Elasticsearch": r"elasticsearch|opensearch", "Memcached": r"memcache",
}
_ADDRESS = r"\b\w*(?:DATABASE|REDIS|BROKER|MONGO|AMQP)_?UR[LI]\b"
_NEEDED = r"""os\.environ\[["'](\w+)["']\]"""


def read_others(tree: Tree, settings: Settings, packages: frozenset[str]) -> Iterator[Remark]:
    """A remark for each such thing."""
    for file in filter(tree.has, _SERVES):
        reason = "says how the app is served, not how it is checked"
        yield Remark(file, reason, "left alone; to deploy by the pipeline: docs/deploying.md")
    if files := tree.matching(*_OTHER_CI):
        reason = "the project's own, left as before"
        yield Remark(", ".join(files), reason, "when the new pipeline is green, remove what it replaces")
    if tree.submodules:
        yield Remark(", ".join(tree.submodules), "submodules: a job's checkout has none of their files",
                     "if the tests need them, begin `run` with `git submodule update --init`")
    if "pytest-benchmark" in packages:
        yield Remark("pytest-benchmark", "benchmarks run as tests, and nothing compares them",
                     "`ci bench` does: docs/benchmarks.md")
    if _finds_packages(tree, settings):
        reason = "looks for packages by itself, and would take the folders var and reports for some"
        advice = "before `pip install .` here, name yours: `packages` in [tool.setuptools] of pyproject.toml"
        yield Remark("setuptools", reason, advice)
    yield from _services(tree)
    yield from _variables(tree)


def _finds_packages(tree: Tree, settings: Settings) -> bool:
    """Whether setuptools is left to find packages among all folders at the top ("flat layout")."""
    backend = settings.text("build-system", "build-backend") or "setuptools"
    named = {*settings.table("tool", "setuptools"), *settings.setup, *settings.section("options", "setup.cfg")[1]}
    is_told = named & {"packages", "py-modules", "py_modules"} or tree.matching("src/*")
    return settings.has_table("build-system") and backend.startswith("setuptools") and not is_told


def _services(tree: Tree) -> Iterator[Remark]:
    texts = list(tree.texts(tree.matching(*_SETTINGS)))
    for server, sign in _SERVERS.items():
        if files := [name for name, text in texts if re.search(sign, text, re.IGNORECASE)]:
            advice = "if they do, start it in `setup` or before the run, and set its address in `env`"
            yield Remark(f"{server} ({_few(files)})", "whether the tests need the server is not understood", advice)
    addresses = {found: name for name, text in texts for found in re.findall(_ADDRESS, text)}
    for variable, file in sorted(addresses.items()):
        reason = "whether the tests need it is not understood"
        yield Remark(f"{variable} ({file})", reason, "if they do, set it in `env`")


def _few(files: list[str]) -> str:
    return ", ".join(files[:2]) + (f" and {len(files) - 2} more" if len(files) > 2 else "")


def _variables(tree: Tree) -> Iterator[Remark]:
    """Variables without which the settings can't even be read."""
    files = [name for name in tree.matching(*_SETTINGS) if name.endswith(".py")]
    needed = {variable: name for name, text in tree.texts(files) for variable in re.findall(_NEEDED, text)}
    for variable, file in sorted(needed.items()):
        if not re.fullmatch(_ADDRESS, variable):
            yield Remark(f"{variable} ({file})", "is read from the environment and has no default there",
                         "give the tests a value in `env`")
