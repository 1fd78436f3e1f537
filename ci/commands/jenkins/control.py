"""``ci jenkins cancel`` and ``approve``: people's decisions about a build under way."""

from typing import TYPE_CHECKING

import click

from ci.commands.jenkins import arguments, screen, wording
from ci.commands.jenkins.server import connect
from ci.errors import UsageError

if TYPE_CHECKING:
    from ci.jenkins import StopMode


@click.command("cancel")
@arguments.target_argument
@arguments.branch_option
@arguments.item_option
@click.option("--term", "mode", flag_value="term", help="End the steps of a Pipeline that did not stop.")
@click.option("--kill", "mode", flag_value="kill", help="End a Pipeline that heeds nothing else.")
@arguments.json_option
def cancel_command(
    *, target: tuple[str, ...], branch: str | None, item: int | None, mode: "StopMode | None", as_json: bool
) -> int:
    """Stop a build or take an item out of the queue.

    Without NUMBER it is the last build.

    \b
    ci jenkins cancel folder/app 12
    ci jenkins cancel folder/app --item 1001
    """
    from ci.jenkins import Queued, Refused
    from ci.jenkins.paths import full_name

    job, number = arguments.to_target(target)
    client = connect()
    if item is not None:
        queued = Queued(id=item, job=full_name(job, branch))
        client.cancel(queued)
        _say({"queued": queued, "build": None}, f"item {item} is out of the queue", as_json=as_json)
        return 0
    build = client.build(job, number, branch=branch)
    if not build.building:
        raise Refused(f"there is nothing to stop: {wording.headline(build).text}")
    client.cancel(build, mode=mode or "stop")
    _say({"queued": None, "build": build}, f"asked Jenkins to end {screen.plain(build.name)}", as_json=as_json)
    return 0


@click.command("approve")
@arguments.target_argument
@arguments.branch_option
@click.option("--id", "request", metavar="ID", help="Which question, if there are several.")
@click.option("--abort", is_flag=True, help="Say no: the build is aborted.")
@arguments.parameters_option
@arguments.json_option
def approve_command(
    *, target: tuple[str, ...], branch: str | None, request: str | None, abort: bool, params: tuple[str, ...],
    as_json: bool,
) -> int:
    """Let a build go on that waits for approval.

    Without NUMBER it is the last build.

    \b
    ci jenkins approve folder/app
    ci jenkins approve folder/app 12 --abort
    """
    job, number = arguments.to_target(target)
    values = arguments.to_parameters(params)
    if abort and values:
        raise UsageError("--abort takes no parameters; leave out -p")
    client = connect()
    build = client.build(job, number, branch=branch)
    done = client.reject(build, request) if abort else client.approve(build, request, values or None)
    action = "aborted" if abort else "approved"
    text = f"{action} {screen.plain(build.name)}: {screen.plain(done.message)}"
    _say({"build": build, "input": done, "action": action}, text, as_json=as_json)
    return 0


def _say(result: object, text: str, *, as_json: bool) -> None:
    if as_json:
        screen.show_json(result)
    else:
        screen.show([text])
