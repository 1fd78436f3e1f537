"""``ci jenkins log``."""

import sys

import click

from ci.commands.jenkins import arguments, log_text, screen
from ci.commands.jenkins.server import connect


@click.command("log")
@arguments.target_argument
@arguments.branch_option
@click.option("--follow", "-f", is_flag=True, help="Go on until the build ends.")
@click.option("--tail", "-n", metavar="N", type=click.IntRange(min=0), help="Only the last N lines (and what follows).")
@arguments.json_option
def log_command(
    *, target: tuple[str, ...], branch: str | None, follow: bool, tail: int | None, as_json: bool
) -> int:
    """Print the log of a build, the last one without NUMBER.

    Into a file or pipe it is printed byte for byte; on a terminal with a heading where a stage begins.

    \b
    ci jenkins log folder/app -f
    ci jenkins log folder/app 12 --tail 100
    """
    job, number = arguments.to_target(target)
    client = connect()
    build = client.build(job, number, branch=branch)
    part = client.log_tail(build, tail) if tail is not None else None
    if as_json:
        text = part.text if part else ""
        if follow or not part:
            text += "".join(client.stream_log(build, part.next if part else 0, follow=follow))
        screen.show_json({"build": client.build(build.job, build.number) if follow else build, "log": text})
        return 0
    if part:
        log_text.write(part.data, sys.stdout)
    if follow or not part:
        log_text.show(client, build, part.next if part else 0, sys.stdout, follow=follow)
    return 0
