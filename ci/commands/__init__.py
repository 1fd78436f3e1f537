"""The commands, a module per subject. Each is a short function that reads arguments and returns an exit code.

What a command needs is imported when it runs, so that ``ci --help`` and ``ci generate --check`` start quickly.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci import layout
from ci.errors import CiError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ci.definition import Definition
    from ci.plan import Plan


def find_root() -> Path:
    """The checkout around the working directory. Raises UsageError if there is none."""
    root = layout.find_root()
    if root is None:
        raise UsageError(
            "there is no ci/pipeline.toml here or in a folder above: run ci inside a checkout of a project that has "
            "one, or write one: `ci new DIRECTORY` makes a project, `ci adopt` adds the tool to this one"
        )
    return Path(root)


def load(root: Path) -> "tuple[Definition, Plan]":
    """The definition of the checkout and its plan. Raises UsageError or DefinitionError."""
    from ci import definition, plan

    loaded = definition.load(root)
    return loaded, plan.compile(loaded.pipeline)


def job_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Shell completion of stage and job names; silent where there is no valid definition."""
    from click.shell_completion import CompletionItem

    try:
        names = load(find_root())[1].names
    except CiError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete) and " " not in name]


def engine_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Shell completion of the engines that come with the tool."""
    from click.shell_completion import CompletionItem

    from ci import adapters

    return [CompletionItem(name) for name in adapters.BUILT_IN if name.startswith(incomplete)]


def environment_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Shell completion of the environments that a release can go to."""
    from click.shell_completion import CompletionItem

    try:
        names = ["local", *load(find_root())[0].pipeline.environment]
    except CiError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


to_engines = click.option(
    "--to", "engines", metavar="ENGINE", multiple=True, shell_complete=engine_names, help="Only this engine."
)
