"""``ci build``, ``ci deploy``, ``ci releases``, ``ci rollback``, ``ci stop``: what happens to a release."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import environment_names, find_root, load
from ci.errors import UsageError
from ci.visible import one_line

if TYPE_CHECKING:
    from ci.deploy.environments import Environment
    from ci.deploy.targets import Context, Deployed, Release
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
@click.argument("environment", required=False, shell_complete=environment_names)
@click.option("--archive", type=click.Path(path_type=Path),
              help="The release; without it the one in dist/, or of the last run.")
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def deploy(*, environment: str | None, archive: Path | None, dry_run: bool) -> int:
    """Deploy the release in dist/, or else the one that the last run built.

    To ENVIRONMENT, a table of ci/pipeline.toml; without it to that of CI_ENVIRONMENT, else to this machine ("local").

    \b
    ci run build deploy                  build the working tree and start it here
    ci deploy                            the same in two steps, after: ci run build
    PORT=9000 ci deploy                  start the release in dist/ on another port
    ci deploy staging --dry-run          what a deployment to [environment.staging] would do
    """
    from ci.commands import archives

    chosen, context = _choose(environment, dry_run=dry_run)
    plan = load(context.root)[1]
    found = archives.find(context.root, plan, archive, environment=environment, say=_say)
    return _report(chosen.target.deploy(found, chosen.options, context=context))


@click.command()
@click.argument("environment", required=False, shell_complete=environment_names)
@click.option("--json", "as_json", is_flag=True, help="A list of objects, for programs.")
def releases(*, environment: str | None, as_json: bool) -> int:
    """List what has been deployed, newest first.

    \b
    ci releases production --json
    """
    chosen, context = _choose(environment)
    found = chosen.target.releases(chosen.options, context=context)
    if as_json:
        import msgspec

        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        _list(found, chosen.name)
    return 0


def _list(found: "tuple[Release, ...]", environment: str) -> None:
    if not found:
        click.echo(f"nothing has been deployed to {environment}")
    width = max((len(release.name) for release in found), default=0)
    for release in found:
        when = release.when.strftime("%Y-%m-%d %H:%M:%S UTC") if release.when else "-"
        facts = [f"{release.name:{width}}", f"{when:23}", release.who or "-", release.status, release.description]
        click.echo(one_line(f"{'*' if release.is_current else ' '} {'  '.join(facts).rstrip()}"))


@click.command()
@click.argument("release", required=False)
@click.option(
    "--environment", "-e", metavar="NAME", shell_complete=environment_names, help="Without it as for ci deploy."
)
@click.option("--dry-run", is_flag=True, help="Say what would be done.")
def rollback(*, release: str | None, environment: str | None, dry_run: bool) -> int:
    """Go back to an earlier release.

    To RELEASE, as `ci releases` names it; without it to the one before the current.

    \b
    ci rollback -e production
    """
    chosen, context = _choose(environment, dry_run=dry_run)
    return _report(chosen.target.rollback(release, chosen.options, context=context))


@click.command()
@click.argument("environment", required=False, shell_complete=environment_names)
def stop(*, environment: str | None) -> int:
    """Stop the release that runs.

    In ENVIRONMENT; without it as for `ci deploy`.

    \b
    ci stop                     the one on this machine
    """
    chosen, context = _choose(environment)
    chosen.target.stop(chosen.options, context=context)
    return 0


def _choose(wanted: str | None, *, dry_run: bool = False) -> "tuple[Environment, Context]":
    """The environment that a call means, and what its target has to know of the call."""
    from ci.deploy import environments
    from ci.deploy.targets import Context

    root = find_root()
    name = environments.chosen(wanted, os.environ, say=_say)
    environment = environments.find(load(root)[0], name, root=root, environ=os.environ)
    return environment, Context(name, root, os.environ, _say, dry_run=dry_run)


def _report(deployed: "Deployed | None") -> int:
    """Say where the release runs, here and at the end of `ci run`."""
    if deployed:
        text = one_line(f"release {deployed.release} runs at {deployed.address}")
        if notice := os.environ.get("CI_NOTICE_FILE"):
            Path(notice).write_text(f"{text}\n", encoding="utf-8")
        _say(text)
    return 0


def _say(text: str) -> None:
    """Say it to whoever listens: a deployment goes on where the reader of a pipe has gone or a log's disk is full."""
    try:
        click.echo(text)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
