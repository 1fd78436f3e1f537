"""Ctrl-C while a build is waited for: it goes on, unless its end was asked for."""

from typing import TYPE_CHECKING

import click

from ci.commands.jenkins import wording

if TYPE_CHECKING:
    from ci.jenkins import Build, JenkinsClient, Queued

EXIT_CODE = 130
#: Seconds that an item which has just left the queue gets to become a build.
_SOON = 5.0


def interrupted(client: "JenkinsClient", target: "Queued | Build", *, abort: bool) -> int:
    """Say what becomes of ``target``, after asking Jenkins to end it if it is to ``abort``. Returns the exit code."""
    name, words = wording.name(target), wording.arguments(target)
    if abort and _cancelled(client, target):
        click.echo(f"interrupted; asked Jenkins to end {name}", err=True)
    else:
        click.echo(f"interrupted; {name} goes on: ci jenkins watch {words}", err=True)
        click.echo(f"to end it: ci jenkins cancel {words}", err=True)
    return EXIT_CODE


def _cancelled(client: "JenkinsClient", target: "Queued | Build") -> bool:
    """Whether Jenkins took the request; if not, why is said."""
    from ci.jenkins import JenkinsError

    try:
        _cancel(client, target)
    except JenkinsError as error:
        click.echo(f"ci: {error}", err=True)
        return False
    return True


def _cancel(client: "JenkinsClient", target: "Queued | Build") -> None:
    """End it, also if it has left the queue since it was last looked at."""
    from ci.jenkins import Queued, Refused

    try:
        client.cancel(target)
    except Refused:
        if not isinstance(target, Queued):
            raise
        client.cancel(client.wait_for_start(target, timeout=_SOON))
