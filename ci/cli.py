"""The command line: all commands, and what becomes of their errors."""

import errno
import os
import sys

import click

from ci import __version__
from ci.commands import adopt, bench, check, explain, generate, new, release, run, setup, update
from ci.commands.jenkins import jenkins
from ci.commands.names import Group
from ci.errors import CiError

EXIT_CODES = """
\b
Exit codes: 0 done, 1 a job failed or a file differs, 2 wrong call or definition,
3 --strict and something would be lost, 130 interrupted.
"""


@click.group(
    cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}, epilog=EXIT_CODES
)
@click.version_option(__version__, message="ci %(version)s")
def cli() -> None:
    """One pipeline definition, ci/pipeline.toml, true everywhere.

    \b
    ci run               the whole pipeline on this machine
    ci run test          one stage or job of it
    ci generate          write the Jenkinsfile and the GitHub Actions workflow
    ci explain           what the pipeline does, in words
    ci bench             is this commit slower than where it started from?
    """


@cli.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(*, shell: str) -> int:
    """Print the shell's completion script.

    \b
    eval "$(ci completion bash)"
    """
    from click.shell_completion import get_completion_class

    kind = get_completion_class(shell)
    assert kind is not None, "click knows every shell of the choice"
    click.echo(kind(cli, {}, "ci", "_CI_COMPLETE").source())
    return 0


for command in (
    new.new, adopt.adopt, update.update, bench.bench, run.run, generate.generate, explain.explain, explain.script,
    explain.schema, check.check,
    release.build, release.deploy, release.releases, release.rollback, release.stop,
    setup.setup, setup.environment, setup.summary, jenkins,
):
    cli.add_command(command)


def main() -> int:
    """Run the command that the arguments name. Returns the exit code; expected errors are one message, no traceback."""
    if sys.stdout is None:  # started with standard output closed, as by >&-
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")
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
    except OSError as error:
        return _refused_by_system(error)


def _refused_by_system(error: OSError) -> int:
    """A full disk, a folder that is gone, no permission."""
    where = f": {error.filename}" if error.filename else ""
    click.echo(f"ci: the system refuses: {error.strerror or error}{where}", err=True)
    if error.errno == errno.ENOSPC:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left for standard output would fail once more
    return 2
