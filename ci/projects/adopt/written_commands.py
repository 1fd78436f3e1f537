"""Commands of checkers that stand in a project's own CI files: how people call them, word for word."""

import re
from collections.abc import Iterator

from msgspec import Struct

from ci.projects.adopt.tree import Tree

#: Where projects keep what their CI runs.
FILES = (
    ".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", "Jenkinsfile", "Makefile", "justfile",
    ".travis.yml", "azure-pipelines.yml", ".circleci/config.yml", "tox.ini", "scripts/lint.sh", "scripts/test.sh",
)
_COMMAND = re.compile(
    r"""\s*(?:-\s+)?(?:run:\s+|script:\s+)?(?:sh\s+)?["'@]?(?:(?:uv|poetry|pdm|pipenv|hatch)\ run\ )?(?:python3?\ -m\ )?
    (?P<tool>flake8|ruff\ check|ruff\ format|black|isort|mypy|pylint|pytest)
    (?P<arguments>(?:\ +[\w./=:,+*@%-]+)*)\s*["']?""",
    re.VERBOSE,
)


class Written(Struct, frozen=True):
    """A call of ``tool`` in ``file`` with only plain words behind it."""

    file: str
    tool: str
    arguments: tuple[str, ...]


def read_commands(tree: Tree) -> tuple[Written, ...]:
    """Every such call, each once."""
    found: dict[tuple[str, tuple[str, ...]], Written] = {}
    for one in _all(tree):
        found.setdefault((one.tool, one.arguments), one)
    return tuple(found.values())


def _all(tree: Tree) -> Iterator[Written]:
    for file, text in tree.texts(tree.matching(*FILES)):
        for line in text.splitlines():
            if match := _COMMAND.fullmatch(line):
                yield Written(file, match["tool"], tuple(match["arguments"].split()))
