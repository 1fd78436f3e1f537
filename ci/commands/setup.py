"""``ci setup``, ``ci environment``, ``ci summary``: for generated pipelines. They also run where nothing is installed.

``ci/__main__.py`` calls the same functions before any package is there: the standard library reads their arguments.
"""

import click

_AS_GIVEN = {"ignore_unknown_options": True, "help_option_names": []}
_arguments = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@click.command(context_settings=_AS_GIVEN)
@_arguments
def setup(*, arguments: tuple[str, ...]) -> int:
    """Install the locked packages for this Python."""
    from ci import environment

    return environment.setup_command(list(arguments))


@click.command(context_settings=_AS_GIVEN)
@_arguments
def environment(*, arguments: tuple[str, ...]) -> int:
    """Make an empty environment of one Python version."""
    from ci import environment as environments

    return environments.environment_command(list(arguments))


@click.command(context_settings=_AS_GIVEN)
@_arguments
def summary(*, arguments: tuple[str, ...]) -> int:
    """Show a job's reports as Markdown."""
    from ci.report import summary as reports

    return reports.summary_command(list(arguments))
