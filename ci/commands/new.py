"""``ci new``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import engine_names
from ci.commands.asking import Asking
from ci.commands.afterwards import go_to, undo
from ci.errors import CommandError, MissingProgram, UsageError

if TYPE_CHECKING:
    from ci.projects.changes import Changes
    from ci.projects.choices import Choices


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--here", is_flag=True, help="Make the fork of the template in this folder a project, in place.")
@click.option("--name", metavar="NAME", help="What it is called; without it, as the folder.")
@click.option("--engines", metavar="NAMES", shell_complete=engine_names, help="Engines, as github,jenkins.")
@click.option("--deploy", type=click.Choice(["server", "heroku", "none"]), help="Where releases go.")
@click.option("--python", "pythons", metavar="VERSIONS", help="Pythons to test on, as 3.12,3.13.")
@click.option("--branch", metavar="NAME", help="The default branch.")
@click.option("--benchmarks/--no-benchmarks", default=None, help="Whether commits that make it slower fail.")
@click.option("--tool", type=click.Choice(["kept", "index"]), default="kept", show_default=True,
              help="Keep the tool in the project, or pin one of the package index.")
@click.option("--yes", "-y", is_flag=True, help="Ask nothing: what no option says is as suggested.")
@click.option("--force", is_flag=True, help="Also where changes are not committed.")
@click.option("--dry-run", is_flag=True, help="Write nothing; list what would be written and removed.")
def new(
    *, directory: Path | None, here: bool, name: str | None, engines: str | None, deploy: str | None,
    pythons: str | None, branch: str | None, benchmarks: bool | None, tool: str, yes: bool, force: bool, dry_run: bool,
) -> int:
    """Make a project: a small Flask app with its pipeline.

    In DIRECTORY, which is empty or not there yet. What no option says is asked on a terminal.

    \b
    ci new shop                                          asks, then writes the folder shop
    ci new shop --yes --engines github --deploy heroku   asks nothing
    ci new --here --dry-run                              what of this fork would go, and what would stay
    """
    if (directory is None) != here:
        raise click.UsageError("name one DIRECTORY, or say --here in a fork of the template")
    folder = _fork() if directory is None else directory.absolute()
    ask = Asking(yes=yes)
    choices = _choices(folder, ask, name, engines, deploy, pythons, branch, benchmarks, tool)
    changes = _changes(folder, choices, here=here, force=force)
    click.echo("\n".join([f"{folder}:", *changes.lines()]))
    if dry_run or not (ask.agrees("Go on?") if here else True):
        return 0
    changes.apply()
    _say_what_comes_next(folder, choices, here=here, force=force)
    return 0


def _choices(
    folder: Path, ask: Asking, name: str | None, engines: str | None, deploy: str | None, pythons: str | None,
    branch: str | None, benchmarks: bool | None, tool: str,
) -> "Choices":
    from ci import adapters
    from ci.projects import choices
    from ci.projects.adopt.place import default_branch

    its_branch = default_branch(folder) if (folder / ".git").exists() else "main"
    said = {None: None, True: "yes", False: "no"}[benchmarks]
    return choices.Choices(
        name=ask.answer("Name", name, choices.name_from(folder.name), choices.name),
        engines=ask.answer(
            "Engines", engines, ",".join(choices.ENGINES), lambda text: choices.engines(text, tuple(adapters.BUILT_IN))
        ),
        deploy=ask.answer(f"Deploy to ({', '.join(choices.DEPLOYS)})", deploy, "server", choices.deploy),
        pythons=ask.answer("Pythons", pythons, choices.PYTHON, choices.pythons),
        branch=ask.answer("Default branch", branch, its_branch, choices.branch),
        benchmarks=ask.answer("Benchmarks (yes, no)", said, "yes", choices.yes),
        tool=choices.tool(tool),
    )


def _fork() -> Path:
    """The top folder of the repository around the working directory. Raises UsageError where there is none."""
    from ci.process import git

    try:
        return Path(git("rev-parse", "--show-toplevel", cwd=Path.cwd()))
    except MissingProgram:
        raise
    except CommandError:
        raise UsageError("this is no git repository; --here is for a fork of the template") from None


def _changes(folder: Path, choices: "Choices", *, here: bool, force: bool) -> "Changes":
    from ci.process import git
    from ci.projects import new as projects

    git("--version", cwd=Path.cwd())  # said before anything is written, if it is not there
    return projects.here(folder, choices, force=force) if here else projects.in_folder(folder, choices)


def _say_what_comes_next(folder: Path, choices: "Choices", *, here: bool, force: bool) -> None:
    from ci.projects import new as projects

    if here:
        click.echo(f"\nthis is a project now{undo(folder, 'git reset --hard', force=force)}")
    else:
        projects.start_repository(folder, choices.branch)
        click.echo(f"\nmade {choices.name}")
    if missing := projects.missing(folder, choices):
        click.echo(f"ci/pipeline.toml names what is not there: {', '.join(missing)}; change it before you run it")
    click.echo(f"next:\n{go_to(folder)}", nl=False)
    click.echo('  git add --all && git commit -m "A project of our own"\n  python3 -m ci run')
