"""GitHub Actions: one workflow of native jobs and matrices, and Dependabot's settings. ``docs/github-actions.md``."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from ci.adapters import Rendered
from ci.adapters.github import dependabot, notes, pins, refusals, workflow
from ci.plan import Plan

if TYPE_CHECKING:
    from ci.adapters.validators import Validator

TITLE = "GitHub Actions"

#: The first and the last are written; the others, the user's own, are read for their pins.
OWNS = (
    pins.WORKFLOW,
    ".github/workflows/*.yml",
    ".github/workflows/*.yaml",
    ".github/actions/**/action.yml",
    ".github/actions/**/action.yaml",
    dependabot.FILE,
)

#: GitHub's own image that has what the symbolic runner promises; a fixed one, not ``ubuntu-latest``.
RUNNERS: dict[str, refusals.Labels] = {"linux": "ubuntu-24.04"}


class Options(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """``[target.github]``."""

    runners: Annotated[
        dict[str, refusals.Labels], Meta(description="runs-on of the definition = label of a runner, or several.")
    ] = {}
    dependabot: Annotated[
        tuple[Literal["github-actions", "pip", "docker"], ...],
        Meta(description="What Dependabot keeps up to date; [] writes no file for it."),
    ] = ("github-actions", "pip", "docker")


def render(plan: Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """The workflow and Dependabot's settings. Action pins that ``current`` holds are kept.

    Raises DefinitionError for what GitHub can't take, CiError for one action with two pins.
    """
    runners = {**RUNNERS, **options.runners}
    refusals.check(plan, runners)
    found = notes.notes(plan)
    files = {pins.WORKFLOW: workflow.render(plan, runners, pins.kept(current), found)}
    pins.check({**current, **files})
    if options.dependabot:
        files[dependabot.FILE] = dependabot.render(options.dependabot)
    return Rendered(files, found)


def validators() -> "tuple[Validator, ...]":
    """What ``ci check`` runs."""
    from ci.adapters.github import validation

    return validation.VALIDATORS
