"""The commands. Each is a short function: it reads arguments, calls one part of the tool and returns an exit code.

What a command needs is imported when it runs, so that ``ci --help`` and ``ci generate --check`` start quickly.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ci.errors import CiError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ci.definition import Definition
    from ci.plan import Plan

EXIT_CODES = """
\b
Exit codes: 0 done, 1 a job failed or a file differs, 2 wrong call or definition,
3 --strict and something would be lost, 130 interrupted.
"""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EXIT_CODES)
@click.version_option(package_name=None, version="0.1.0", message="ci %(version)s")
def cli() -> None:
    """One pipeline definition, ci/pipeline.toml, true everywhere.

    \b
    ci run               the whole pipeline on this machine
    ci run test          one stage or job of it
    ci generate          write the Jenkinsfile and the GitHub Actions workflow
    ci explain           what the pipeline does, in words
    """


def _root() -> Path:
    """The checkout around the working directory."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "ci" / "pipeline.toml").is_file():
            return folder
    raise UsageError("there is no ci/pipeline.toml here or in a folder above; run ci inside a checkout of the project")


def _load(root: Path) -> "tuple[Definition, Plan]":
    from ci import definition, plan

    loaded = definition.load(root)
    return loaded, plan.compile(loaded.pipeline)


def _job_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """Shell completion of stage and job names; silent where there is no valid definition."""
    from click.shell_completion import CompletionItem

    try:
        plan = _load(_root())[1]
    except CiError:
        return []
    names = dict.fromkeys(name for job in plan.jobs for name in (job.stage, job.group, job.slug))
    return [CompletionItem(name) for name in names if name.startswith(incomplete)]


def _engine_names(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    from ci import adapters

    return [CompletionItem(name) for name in adapters.BUILT_IN if name.startswith(incomplete)]


to_engines = click.option(
    "--to", "engines", metavar="ENGINE", multiple=True, shell_complete=_engine_names, help="Only this engine."
)


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; print what differs as a diff, and exit with 1.")
@click.option("--dry-run", is_flag=True, help="Write nothing; say what would be written.")
@click.option("--strict", is_flag=True, help="Refuse (exit 3) if an engine loses a meaning.")
@click.option("--force", is_flag=True, help="Also overwrite files that ci generate did not write.")
@to_engines
def generate(*, check: bool, dry_run: bool, strict: bool, force: bool, engines: tuple[str, ...]) -> int:
    """Write the files of every engine from the definition.

    \b
    ci generate                 write what differs
    ci generate --check         in CI: exit 1 and a diff when a file is not up to date
    ci generate --to jenkins    one engine only
    """
    from ci import generate as generator

    root = _root()
    definition, plan = _load(root)
    generated = generator.generate(root, definition, plan, engines)
    if strict:
        generator.refuse_lost(generated)
    changes = [change for one in generated for change in one.changes]
    if check:
        return _report_drift(generator.diff(changes))
    if not dry_run:
        generator.write(root, changes, force=force)
    _say_generated(generated, dry_run=dry_run)
    return 0


def _report_drift(diff: str) -> int:
    if not diff:
        return 0
    click.echo(diff, nl=False)
    click.echo("the files above differ from ci/pipeline.toml; to mend it run: ci generate", err=True)
    return 1


def _say_generated(generated: list[Any], *, dry_run: bool) -> None:
    from ci import explain

    done = {True: ("would write", "would remove"), False: ("wrote", "removed")}[dry_run]
    for one in generated:
        changed = {change.path: done[change.new is None] for change in one.changes}
        for path in sorted({*one.files, *changed}):
            click.echo(f"{changed.get(path, 'up to date')}: {path}")
    for one in generated:
        if one.notes:
            click.echo("\n" + explain.notes(one.title, one.notes), nl=False)


@cli.command()
@to_engines
def explain(*, engines: tuple[str, ...]) -> int:
    """Say in words what the pipeline does, and what each engine says differently.

    \b
    ci explain                  the pipeline, then every engine of the definition
    ci explain --to github      what GitHub Actions can't say, or needs set up by hand
    """
    from ci import explain as words
    from ci import generate as generator

    root = _root()
    definition, plan = _load(root)
    if not engines:
        click.echo(words.pipeline(plan))
    for one in generator.generate(root, definition, plan, engines or definition.pipeline.targets):
        click.echo(words.notes(one.title, one.notes))
    return 0


@cli.command()
@click.argument("job", shell_complete=_job_names)
def script(*, job: str) -> int:
    """Print one job as a shell script, with its time limit and retries.

    \b
    ci script lint | sh         run the job's commands here, without ci
    """
    from ci import plan as planning

    plan = _load(_root())[1]
    found = [one for one in plan.jobs if job in (one.name, one.slug)]
    if not found:
        raise UsageError(f"no job {job!r}; there are {', '.join(one.slug for one in plan.jobs)}")
    click.echo(planning.whole_job(found[0]))
    return 0


@cli.command()
def schema() -> int:
    """Print the JSON schema of ci/pipeline.toml, for editors."""
    from ci import schema as schemas

    click.echo(schemas.text(), nl=False)
    return 0


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> int:
    """Print the script that makes the shell complete commands and names.

    \b
    eval "$(ci completion bash)"
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(cli, {}, "ci", "_CI_COMPLETE").source())
    return 0


def main() -> int:
    """Run the command that the arguments name. Returns the exit code; expected errors are one message, no traceback."""
    try:
        result = cli.main(prog_name="ci", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return 130
    except CiError as error:
        click.echo(f"ci: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        return 1
