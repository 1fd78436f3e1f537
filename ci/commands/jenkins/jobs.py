"""``ci jenkins jobs``."""

from typing import TYPE_CHECKING

import click

from ci.commands.jenkins import arguments, screen, wording
from ci.commands.jenkins.server import connect

if TYPE_CHECKING:
    from ci.jenkins import JobSummary


@click.command("jobs")
@click.argument("folder", default="")
@click.option("--flat", is_flag=True, help="Only what is directly in the folder.")
@arguments.json_option
def jobs_command(*, folder: str, flat: bool, as_json: bool) -> int:
    """List the jobs and how each ended last.

    With FOLDER only those below it.

    \b
    ci jenkins jobs
    ci jenkins jobs folder --json
    """
    found = connect().jobs(folder, recursive=not flat)
    if as_json:
        screen.show_json(found)
        return 0
    rows = [_row(job) for job in found]
    lines = screen.table(rows) if rows else ["no jobs"]
    colours = [wording.mark(_state(job))[1] for job in found] or [""]
    screen.show(screen.Line(text, colour) for text, colour in zip(lines, colours, strict=True))
    return 0


def _state(job: "JobSummary") -> str:
    return "running" if job.running else job.last or ""


def _row(job: "JobSummary") -> tuple[str, ...]:
    """Mark, state, name as ``ci jenkins`` takes it, branch."""
    name = screen.plain(job.name)
    if job.kind != "job":
        return ("", job.kind, f"{name}/" if job.kind == "folder" else name, "")
    state = "disabled" if job.disabled else _state(job) or "not built"
    if job.branch is not None:
        name, branch = name.rpartition("/")[0], f"-b {screen.plain(job.branch)}"
        return (wording.mark(_state(job))[0], state, name, branch)
    return (wording.mark(_state(job))[0], state, name, "")
