"""``ci check``."""

from typing import TYPE_CHECKING

import click

from ci.commands import engine_names, find_root, load

if TYPE_CHECKING:
    from ci.validation import Checked


@click.command()
@click.argument("engines", nargs=-1, metavar="[ENGINE]...", shell_complete=engine_names)
@click.option("--require", is_flag=True, help="A validator that is not installed is a failure.")
def check(*, engines: tuple[str, ...], require: bool) -> int:
    """Check the engines' files with their validators.

    With every one that is installed; another is named, with what installs it. The files are those that the definition
    gives now, also for an engine that is no target. Exits with 1 if there is a finding.

    \b
    ci check                    the engines of the definition
    ci check gocd teamcity      these
    """
    from ci import generate, validation

    root = find_root()
    definition, plan = load(root)
    failed = False
    for one in generate.generate(root, definition, plan, engines or definition.pipeline.targets):
        click.echo(f"{one.title}: {', '.join(one.files)}")
        for checked in validation.validate(one.engine, one.files):
            click.echo(_line(checked))
            failed |= bool(checked.findings) or (require and bool(checked.missing))
    return 1 if failed else 0


def _line(checked: "Checked") -> str:
    if checked.missing:
        return f"  missing   {checked.validator}; to install it: {checked.missing}"
    if not checked.findings:
        return f"  ok        {checked.validator}"
    said = [f"    {line}" for finding in checked.findings for line in finding.splitlines()]
    return "\n".join([f"  finding   {checked.validator}", *said])
