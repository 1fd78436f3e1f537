"""``ci jenkins view``."""

import sys
from typing import TYPE_CHECKING

import click

from ci.commands.jenkins import arguments, log_text, picture, screen, wording
from ci.commands.jenkins.picture import Parts
from ci.commands.jenkins.server import connect

if TYPE_CHECKING:
    from ci.jenkins import Build, JenkinsClient

#: Lines of the log that are shown where no stage is known to have failed.
_END = 50


@click.command("view")
@arguments.target_argument
@arguments.branch_option
@click.option("--log", "part", flag_value="log", help="Only the log.")
@click.option("--failed", "part", flag_value="failed", help="Only the logs of the stages that failed.")
@click.option("--stages", "part", flag_value="stages", help="Only the stages.")
@click.option("--tests", "part", flag_value="tests", help="Only the tests, also those that passed.")
@arguments.json_option
def view_command(*, target: tuple[str, ...], branch: str | None, part: str | None, as_json: bool) -> int:
    """Show what a build did, the last one without NUMBER.

    NUMBER may also be completed, stable, failed and so on.

    \b
    ci jenkins view folder/app               result, stages, failed tests, artifacts
    ci jenkins view folder/app --failed      why the last build failed
    ci jenkins view shop failed -b main      the last failed build of a branch
    """
    job, number = arguments.to_target(target)
    client = connect()
    build = client.build(job, number, branch=branch)
    show = {"log": _log, "failed": _failed, "stages": _stages, "tests": _tests, None: _whole}[part]
    show(client, build, as_json=as_json)
    return 0


def _whole(client: "JenkinsClient", build: "Build", *, as_json: bool) -> None:
    parts = Parts(
        stages=client.stages(build), tests=client.tests(build) if build.tests else None,
        artifacts=client.artifacts(build), inputs=client.inputs(build) if build.building else (),
    )
    if as_json:
        screen.show_json({"build": build, **parts._asdict()})
        return
    screen.show(picture.whole(build, parts, width=screen.width(sys.stdout)))


def _stages(client: "JenkinsClient", build: "Build", *, as_json: bool) -> None:
    found = client.stages(build)
    if as_json:
        screen.show_json({"build": build, "stages": found})
        return
    screen.show(picture.stages(found, width=screen.width(sys.stdout)))


def _tests(client: "JenkinsClient", build: "Build", *, as_json: bool) -> None:
    report = client.tests(build, failed_only=False)
    if as_json:
        screen.show_json({"build": build, "tests": report})
        return
    if not report:
        screen.show([f"{screen.plain(build.name)} has no test report"])
        return
    screen.show(picture.tests(report, width=screen.width(sys.stdout)))


def _log(client: "JenkinsClient", build: "Build", *, as_json: bool) -> None:
    if as_json:
        screen.show_json({"build": build, "log": "".join(client.stream_log(build, follow=False))})
    else:
        log_text.show(client, build, 0, sys.stdout, follow=False)


def _failed(client: "JenkinsClient", build: "Build", *, as_json: bool) -> None:
    """The logs of failed stages, else of unstable ones; the end of the whole log where the server has none."""
    stages = client.stages(build)
    failed = [one for one in stages if one.status == "failed"] or [one for one in stages if one.status == "unstable"]
    logs = [(stage.name, log) for stage in failed if (log := client.stage_log(build, stage))]
    if not logs and build.exit_code not in (0, 8):
        logs = [("the end of the log", client.log_tail(build, _END).text)]
    if as_json:
        screen.show_json({"build": build, "failed": [{"stage": name, "log": log} for name, log in logs]})
        return
    for name, log in logs:
        screen.show([log_text.heading(name)])
        log_text.write(log if log.endswith("\n") else f"{log}\n", sys.stdout)
    if not logs:
        screen.show([f"nothing failed: {wording.headline(build).text}"])
