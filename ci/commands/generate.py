"""``ci generate``."""

from typing import TYPE_CHECKING

import click

from ci.commands import find_root, load, to_engines

if TYPE_CHECKING:
    from ci.generate import Generated


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; print what differs as a diff, and exit with 1.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option("--strict", is_flag=True, help="Refuse (exit 3) if an engine loses a meaning.")
@click.option("--force", is_flag=True, help="Also overwrite files that ci generate did not write.")
@click.option("--verbose", "-v", is_flag=True, help="Also say again what each engine needs set up by hand.")
@to_engines
def generate(
    *, check: bool, dry_run: bool, strict: bool, force: bool, verbose: bool, engines: tuple[str, ...]
) -> int:
    """Write the engines' files from the definition.

    For an engine that had none yet, it also says what is to be set up by hand, as `ci explain` does at any time.

    \b
    ci generate                 write what differs
    ci generate --check         in CI: exit 1 and a diff when a file is not up to date
    ci generate --to jenkins    one engine only
    """
    from ci import generate as generator

    root = find_root()
    definition, plan = load(root)
    generated = generator.generate(root, definition, plan, engines)
    if strict:
        generator.refuse_lost(generated)
    changes = [change for one in generated for change in one.changes]
    if check:
        return _report_drift(generator.diff(changes))
    if not dry_run:
        generator.write(root, changes, force=force)
    _say_generated(generated, dry_run=dry_run, verbose=verbose)
    return 0


def _report_drift(diff: str) -> int:
    if not diff:
        return 0
    click.echo(diff, nl=False)
    click.echo("the files above differ from ci/pipeline.toml; to mend it run: ci generate", err=True)
    return 1


def _say_generated(generated: "list[Generated]", *, dry_run: bool, verbose: bool) -> None:
    from ci import explain

    wrote, removed = ("would write", "would remove") if dry_run else ("wrote", "removed")
    changes = [change for one in generated for change in one.changes]
    for change in changes:
        click.echo(f"{removed if change.new is None else wrote}: {change.path}")
    same = len({path for one in generated for path in one.files} - {change.path for change in changes})
    if same:
        click.echo(f"up to date: {same} file{'' if same == 1 else 's'}")
    for one in generated:
        if one.notes and (verbose or one.is_new):
            click.echo("\n" + explain.notes(one.title, one.notes), nl=False)
