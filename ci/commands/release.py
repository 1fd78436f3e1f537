"""``ci build``, ``ci deploy``, ``ci stop``: what happens to a release."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import find_root, load
from ci.errors import UsageError

if TYPE_CHECKING:
    from ci.plan import Plan


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--stage", metavar="NAME", help="The stage that this is part of: earlier jobs are the release's checks.")
def build(*, paths: tuple[str, ...], stage: str | None) -> int:
    """Make the archive of a release in dist/.

    It holds the tracked files under each PATH, and release.json.

    \b
    ci build --stage build app requirements.txt gunicorn.conf.py
    """
    from ci.deploy import archive

    root = find_root()
    made = archive.build(root, paths, checks=_checks(load(root)[1], stage))
    click.echo(f"built {made.relative_to(root)}")
    return 0


def _checks(plan: "Plan", stage: str | None) -> tuple[str, ...]:
    """Jobs that have passed: `ci run` says which; on an engine all of the earlier stages that had to."""
    import json

    names = [one.name for one in plan.stages]
    if stage is not None and stage not in names:
        raise UsageError(f"no stage {stage!r}; there are {', '.join(names)}")
    if passed := os.environ.get("CI_CHECKS"):
        try:
            return tuple(str(name) for name in json.loads(passed))
        except (ValueError, TypeError):
            raise UsageError(f"CI_CHECKS must be a JSON list of names, not {passed!r}; unset it") from None
    earlier = plan.stages[: names.index(stage)] if stage else ()
    return tuple(job.name for one in earlier for job in one.jobs if not (job.allow_failure or job.when or one.when))


@click.command()
@click.option("--archive", type=click.Path(path_type=Path), help="The release; without it the one in dist/.")
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def deploy(*, archive: Path | None, dry_run: bool) -> int:
    """Deploy the release in dist/.

    To the environment that CI_ENVIRONMENT names: "local" (without it) is a server directory on this machine, any
    other the Heroku app HEROKU_APP.

    \b
    ci run build deploy                  build the working tree and start it here
    PORT=9000 ci deploy                  start the release in dist/ on another port
    """
    from ci.deploy import archive as archives

    root = find_root()
    chosen = archives.find(root, archive)
    if os.environ.get("CI_ENVIRONMENT", "local") == "local":
        return _deploy_here(root, chosen, dry_run=dry_run)
    return _deploy_to_heroku(chosen, dry_run=dry_run)


def _deploy_here(root: Path, archive: Path, *, dry_run: bool) -> int:
    from ci.deploy import server

    directory = server.directory_of(root)
    if dry_run:
        click.echo(f"would start {archive.name} in {directory}")
        return 0
    deployed = server.deploy(archive, directory, say=click.echo)
    click.echo(f"release {deployed.release} runs at {deployed.address} (ci stop ends it)")
    return 0


def _deploy_to_heroku(archive: Path, *, dry_run: bool) -> int:
    from ci.deploy import heroku

    app = os.environ.get("HEROKU_APP", "")
    heroku.deploy(archive, app=app, environ=os.environ, say=click.echo, dry_run=dry_run)
    return 0


@click.command()
def stop() -> int:
    """Stop the release that runs on this machine."""
    from ci.deploy import server

    server.stop(server.directory_of(find_root()), say=click.echo)
    return 0
