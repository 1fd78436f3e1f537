"""``ci adopt``."""

from pathlib import Path

import click

from ci.commands import engine_names


@click.command()
@click.option("--engines", metavar="NAMES", shell_complete=engine_names, help="Engines, as github,jenkins.")
@click.option("--name", metavar="NAME", help="The pipeline's name; without it, the project's.")
@click.option("--branch", metavar="NAME", help="The default branch; without it, that of origin.")
@click.option("--python", "pythons", metavar="VERSIONS", help="Pythons to test on, as 3.12,3.13.")
@click.option("--force", is_flag=True, help="Also where changes are not committed, or files would be replaced.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what was found and would be written.")
def adopt(
    *, engines: str | None, name: str | None, branch: str | None, pythons: str | None, force: bool, dry_run: bool
) -> int:
    """Add the tool to this project.

    Looks at its tracked files, without running any of them, and writes a pipeline of what it runs already: its
    linters, its tests, its way to install packages.

    \b
    ci adopt --dry-run          what was found, and what would be written
    ci adopt --engines github   write the definition, the tool and the GitHub workflow
    """
    from ci import adapters
    from ci.projects import changes, choices
    from ci.projects.adopt import adoption

    prepared = adoption.prepare(
        Path.cwd(), name=name, branch=branch, force=force,
        engines=choices.engines(engines, tuple(adapters.BUILT_IN)) if engines is not None else (),
        pythons=choices.pythons(pythons) if pythons is not None else (),
    )
    changes.refuse_dirty(prepared.changes.root, force=force or dry_run)
    click.echo(prepared.report(), nl=False)
    if dry_run:
        return 0
    prepared.changes.apply()
    click.echo("\nnothing is committed yet; git undoes it with: git checkout . && git clean -fd\nnext:")
    click.echo('  python3 -m ci run\n  git add --all && git commit -m "A pipeline for laptops and CI engines"')
    return 0
