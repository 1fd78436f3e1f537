"""``ci run``."""

import shlex
import sys
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import find_root, job_names, load
from ci.commands.names import JobsCommand

if TYPE_CHECKING:
    from ci.plan import Plan
    from ci.runner import Options


def _finite(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    """``nan`` and ``inf`` are numbers for click, and no factors of a time."""
    if not isfinite(value):
        raise click.BadParameter(f"{value} is not a number to multiply with")
    return value


@click.command(cls=JobsCommand)
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=job_names)
@click.option("--clean", is_flag=True, help="Run the last commit in fresh environments, as a CI server sees it.")
@click.option("--only-failed", is_flag=True, help="Only what did not pass in the last run.")
@click.option("--keep-going", is_flag=True, help="Run later stages even after a failure.")
@click.option("--jobs", "-j", metavar="N", type=click.IntRange(min=1), help="Jobs side by side; without it, the cores.")
@click.option("--timeout-scale", metavar="X", type=click.FloatRange(min=0, min_open=True), default=1.0,
              callback=_finite, help="Multiply every time limit, for a slow machine.")
@click.option("--verbose", "-v", is_flag=True, help="Show the output of all jobs as it comes, on a terminal too.")
@click.option("--list", "list_jobs", is_flag=True, help="Run nothing; list the jobs.")
@click.option("--json", "as_json", is_flag=True, help="The result (or the list) as JSON on standard output.")
def run(
    *, names: tuple[str, ...], clean: bool, only_failed: bool, keep_going: bool, jobs: int | None,
    timeout_scale: float, verbose: bool, list_jobs: bool, as_json: bool, arguments: tuple[str, ...],
) -> int:
    """Run the pipeline on this machine.

    All of it, or the stages and jobs NAME. ARGUMENTs go to the last command of the one job that is named; such a run
    does not count for --only-failed.

    Every job runs in a fresh checkout: of the working tree as it is, or of the last commit with --clean. Reports and
    logs are left in reports/. Exit code 0, 1 if a job failed, 2 for a wrong definition, 130 on Ctrl-C.

    \b
    ci run                      everything; ends with the address of the running release
    ci run test                 one stage or job
    ci run test-3.13            one cell of a matrix
    ci run test -- -k pages     the job with arguments for its last command
    ci run --only-failed        what did not pass the last time
    """
    from ci import runner
    from ci.report import terminal

    root = find_root()
    plan = load(root)[1]
    options = runner.Options(
        names=names, only_failed=only_failed, clean=clean, keep_going=keep_going, jobs=jobs,
        timeout_scale=timeout_scale, arguments=arguments,
    )
    if list_jobs:
        return _list(plan, root, options, as_json=as_json)
    display = terminal.display(sys.stderr if as_json else sys.stdout, verbose=verbose)
    result = runner.run(plan, root, display=display, options=options)
    if as_json:
        click.echo(runner.to_json(result))
    elif result.result == "failure" and not arguments:
        click.echo(f"what did not pass, once more: {_again(names, clean=clean)}")
    return result.exit_code


def _again(names: tuple[str, ...], *, clean: bool) -> str:
    return shlex.join(["ci", "run", *names, *(["--clean"] if clean else []), "--only-failed"])


def _list(plan: "Plan", root: Path, options: "Options", *, as_json: bool) -> int:
    from ci.report import listing
    from ci.runner import selection

    selected = selection.select(plan, options, root / "var" / "last-run.json")
    jobs = [job for _stage, jobs in selected for job in jobs]
    click.echo(listing.as_json(jobs) if as_json else listing.text(jobs), nl=False)
    return 0
