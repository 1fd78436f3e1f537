"""Dependabot's settings: it keeps the pinned actions, packages and images of a project up to date."""

from collections.abc import Sequence

from ci import adapters
from ci.adapters import yaml_text

FILE = ".github/dependabot.yml"

#: Days between a release and its update: time enough for a bad release to be withdrawn.
COOLDOWN = 7


def render(ecosystems: Sequence[str]) -> str:
    """The file's text: once a week, one pull request for each ecosystem."""
    updates: list[yaml_text.Value] = [_update(ecosystem) for ecosystem in ecosystems]
    return yaml_text.document(adapters.header(()), {"version": 2, "updates": updates})


def _update(ecosystem: str) -> dict[str, yaml_text.Value]:
    return {
        "package-ecosystem": ecosystem,
        "directory": "/",
        "schedule": {"interval": "weekly"},
        "cooldown": {"default-days": COOLDOWN},
        "groups": {ecosystem: {"patterns": ["*"]}},
    }
