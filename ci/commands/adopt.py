"""``ci adopt``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import engine_names
from ci.commands.afterwards import go_to, undo
from ci.commands.asking import Asking

if TYPE_CHECKING:
    from ci.projects.adopt.adoption import Answers, Project


@click.command()
@click.option("--engines", metavar="NAMES", shell_complete=engine_names, help="Engines, as github,jenkins.")
@click.option("--name", metavar="NAME", help="The pipeline's name; without it, the project's.")
@click.option("--branch", metavar="NAME", help="The default branch; without it, that of origin.")
@click.option("--python", "pythons", metavar="VERSIONS", help="Pythons to test on, as 3.12,3.13.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: what no option says is as suggested.")
@click.option("--force", is_flag=True, help="Also where changes are not committed, or files would be replaced.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what was found and would be written.")
def adopt(
    *, engines: str | None, name: str | None, branch: str | None, pythons: str | None, yes: bool, force: bool,
    dry_run: bool,
) -> int:
    """Add the tool to this project.

    Looks at its tracked files, without running any of them, and writes a pipeline of what it runs already: its
    linters, its tests, its way to install packages. What no option says is asked on a terminal.

    \b
    ci adopt --dry-run          what was found, and what would be written
    ci adopt --engines github   write the definition, the tool and the GitHub workflow
    """
    from ci.projects import changes
    from ci.projects.adopt import adoption

    project, ask = adoption.look(Path.cwd(), force=force), Asking(yes=yes or dry_run)
    answers = _answers(project, ask, name, branch, pythons, engines)
    prepared = adoption.prepare(project, answers, must=engines is not None, force=force)
    changes.refuse_dirty(prepared.changes.root, force=force or dry_run)
    click.echo(prepared.report(), nl=False)
    if dry_run or not ask.agrees("\nGo on?"):
        return 0
    prepared.changes.apply()
    top = prepared.changes.root
    click.echo(f"\nnothing is committed yet{undo(top, 'git checkout .', force=force)}\nnext:\n{go_to(top)}", nl=False)
    click.echo('  python3 -m ci run\n  git add --all && git commit -m "A pipeline for laptops and CI engines"')
    return 0


def _answers(
    project: "Project", ask: Asking, name: str | None, branch: str | None, pythons: str | None, engines: str | None
) -> "Answers":
    from ci import adapters
    from ci.projects import choices
    from ci.projects.adopt.adoption import Answers

    suggested, versions = project.suggested, project.found.pythons
    found = ",".join(versions.matrix or [versions.default])
    return Answers(
        name=ask.answer("Name", name, suggested.name, choices.pipeline_name),
        branch=ask.answer("Default branch", branch, suggested.branch, choices.branch),
        pythons=ask.answer("Pythons", pythons, found, lambda text: () if text == found else choices.pythons(text)),
        engines=ask.answer(
            "Engines", engines, ",".join(suggested.engines),
            lambda text: choices.engines(text, tuple(adapters.BUILT_IN)),
        ),
    )
