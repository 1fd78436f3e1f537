"""``ci jenkins list`` and ``latest``: the builds of a job."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ci.commands.jenkins import arguments, screen, wording
from ci.commands.jenkins.server import connect

if TYPE_CHECKING:
    from ci.jenkins import Build, Kind, Result

_RESULTS = ("SUCCESS", "UNSTABLE", "FAILURE", "ABORTED", "NOT_BUILT")


@click.command("list")
@arguments.job_argument
@arguments.branch_option
@click.option("--result", type=click.Choice(_RESULTS, case_sensitive=False), help="Only builds that ended so.")
@click.option("--limit", "-n", metavar="N", type=click.IntRange(min=1), default=20, show_default=True,
              help="At most so many.")
@arguments.json_option
def list_command(
    *, job: str | None, branch: str | None, result: "Result | None", limit: int, as_json: bool
) -> int:
    """List the newest builds of JOB.

    \b
    ci jenkins list folder/app --result failure
    ci jenkins list shop -b main --limit 5 --json
    """
    found = connect().builds(arguments.to_job(job), branch=branch, limit=limit, result=result)
    if as_json:
        screen.show_json(found)
    else:
        screen.show(_lines(found))
    return 0


def _lines(builds: "Sequence[Build]") -> list[screen.Line]:
    """A line each: mark, number, result, when it started and how long it took."""
    rows = [
        (wording.mark(word)[0], f"#{build.number}", word, wording.moment(build.started),
         wording.duration(build.duration))
        for build, word in ((build, wording.state(build)) for build in builds)
    ]
    if not rows:
        return [screen.Line("no builds")]
    colours = [wording.mark(wording.state(build))[1] for build in builds]
    return [screen.Line(text, colour) for text, colour in zip(screen.table(rows), colours, strict=True)]


@click.command("latest")
@arguments.job_argument
@arguments.branch_option
@click.option("--stable", "kind", flag_value="stable", default=True, help="SUCCESS (the default).")
@click.option("--successful", "kind", flag_value="successful", help="SUCCESS or UNSTABLE.")
@click.option("--failed", "kind", flag_value="failed", help="FAILURE.")
@click.option("--completed", "kind", flag_value="completed", help="Any that has ended.")
@arguments.json_option
def latest_command(*, job: str | None, branch: str | None, kind: "Kind", as_json: bool) -> int:
    """Find the newest build of JOB that ended in a certain way. Exit code 3 if there is none.

    \b
    ci jenkins latest folder/app
    ci jenkins latest shop -b main --failed --json
    """
    build = connect().latest(arguments.to_job(job), kind, branch=branch)
    if as_json:
        screen.show_json(build)
    else:
        screen.show([wording.headline(build), f"  {screen.plain(build.url)}"])
    return 0
