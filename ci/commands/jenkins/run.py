"""``ci jenkins run``, ``rebuild`` and ``watch``."""

from pathlib import Path
from typing import Any

import click

from ci.commands.jenkins import arguments, screen, wording
from ci.commands.jenkins.following import Ending, Follower
from ci.commands.jenkins.server import connect
from ci.errors import UsageError


@click.command("run")
@arguments.job_argument
@arguments.parameters_option
@arguments.files_option
@arguments.branch_option
@click.option("--delay", metavar="TIME", type=arguments.Duration(), default=0.0, help="Start after this time.")
@click.option("--no-validate", is_flag=True, help="Don't compare the parameters with what the job takes.")
@arguments.ending_options
def run_command(
    *, job: str | None, params: tuple[str, ...], files: tuple[str, ...], branch: str | None, delay: float,
    no_validate: bool, **ending: Any,
) -> int:
    """Start a build of JOB.

    Prints the build's address, or the queue item if it does not start at once. Ctrl-C leaves the build running.

    \b
    ci jenkins run folder/app -p ENVIRONMENT=staging -F settings=@staging.toml
    ci jenkins run shop -b feature/login --follow --timeout 20m
    """
    name = arguments.to_job(job)
    values, attached = arguments.to_parameters(params), arguments.to_files(files)
    follower = Follower(connect(), Ending(**ending))
    return follower.trigger(name, lambda: follower.client.trigger(
        name, values, branch=branch, files=attached, delay=delay, validate=not no_validate
    ))


@click.command("rebuild")
@arguments.target_argument
@arguments.branch_option
@arguments.parameters_option
@arguments.files_option
@arguments.ending_options
def rebuild_command(
    *, target: tuple[str, ...], branch: str | None, params: tuple[str, ...], files: tuple[str, ...], **ending: Any
) -> int:
    """Start a build with the parameters of an earlier one.

    NUMBER may also be last (the default), failed, stable and so on. Passwords and files have to be given again.

    \b
    ci jenkins rebuild folder/app 12 -p ENVIRONMENT=production --wait
    """
    job, number = arguments.to_target(target)
    overrides: dict[str, str | Path] = {**arguments.to_parameters(params), **arguments.to_files(files)}
    follower = Follower(connect(), Ending(**ending))
    build = follower.client.build(job, number, branch=branch)
    return follower.trigger(build.job, lambda: follower.client.rebuild(build, **overrides))


@click.command("watch")
@arguments.target_argument
@arguments.branch_option
@arguments.item_option
@click.option("--no-wait", is_flag=True, help="Only say how it stands now; exit 8 while it runs.")
@arguments.timeout_option
@arguments.abort_option
@arguments.unstable_option
@arguments.json_option
def watch_command(
    *, target: tuple[str, ...], branch: str | None, item: int | None, no_wait: bool, timeout: float | None,
    abort_on_interrupt: bool, unstable_ok: bool, as_json: bool,
) -> int:
    """Wait for the end of a build, the last one without NUMBER.

    Shows progress and stages on a terminal. The exit code is that of the result.

    \b
    ci jenkins watch folder/app && deploy
    ci jenkins watch folder/app 12 --timeout 10m
    """
    from ci.jenkins import Queued
    from ci.jenkins.paths import full_name

    job, number = arguments.to_target(target)
    if item is not None and no_wait:
        raise UsageError("--no-wait is for a build that has started; leave out --item")
    ending = Ending(
        wait=True, follow=False, timeout=timeout, abort_on_interrupt=abort_on_interrupt, unstable_ok=unstable_ok,
        as_json=as_json,
    )
    follower = Follower(connect(), ending)
    if item is not None:
        return follower.from_queue(Queued(id=item, job=full_name(job, branch)))
    build = follower.client.build(job, number, branch=branch)
    if build.building and not no_wait:
        return follower.from_build(build)
    if as_json:
        screen.show_json({"queued": None, "build": build})
    else:
        screen.show([wording.headline(build)])
    return ending.exit_code(build)
