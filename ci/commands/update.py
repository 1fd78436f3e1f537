"""``ci update``."""

import click

from ci.commands import find_root


@click.command()
@click.argument("wanted", metavar="[VERSION|FILE]", required=False)
@click.option("--force", is_flag=True, help="Also where changes are not committed.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list what would be written, and what has changed.")
def update(*, wanted: str | None, force: bool, dry_run: bool) -> int:
    """Bring the tool of this project to another version.

    To VERSION of the package index, to a wheel in FILE, or without either to the newest of the index. The tool, its
    entry in the lock, the file that starts it and the engines' files change; commit them together.

    \b
    ci update                     the newest
    ci update 0.3.0 --dry-run     what would change
    """
    from ci.projects import changes
    from ci.projects import update as updates

    root = find_root()
    changes.refuse_dirty(root, force=force or dry_run)
    prepared = updates.prepare(root, wanted, say=click.echo)
    lines = list(prepared.lines())
    for line in lines:
        click.echo(line)
    if not dry_run:
        prepared.apply()
    if prepared.news:
        click.echo(f"\n{prepared.news}\n")
    if not lines:
        click.echo(f"nothing to do: this project has {prepared.after}")
    elif not dry_run:
        click.echo(f"this project has {prepared.after} now; look at `git diff`, then commit all of it")
    return 0
