"""``ci jenkins``: start, follow and question builds of a Jenkins server.

Each command's module is imported when it is called or listed, and python-jenkins when a server is asked.
"""

import importlib

import click

from ci.commands.names import Group

_COMMANDS = {
    "run": "run", "watch": "run", "view": "view", "log": "log", "list": "builds", "latest": "builds",
    "jobs": "jobs", "download": "download", "cancel": "control", "rebuild": "run", "approve": "control",
    "lint": "configure", "sync": "configure", "hook": "hook",
}

EXIT_CODES = """
Exit codes: 0 ok, 1 error, 2 wrong call or parameter, 3 not found, 4 not logged in or not allowed, 5 server not
available, 6 refused, 7 waited too long, 8 still running, 10 UNSTABLE, 11 FAILURE, 12 ABORTED or cancelled,
13 NOT_BUILT, 130 interrupted.
"""


class LazyGroup(Group):
    """The commands of ``_COMMANDS``, in that order; a name's function is ``<name>_command`` in its module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now; None if there is none."""
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{_COMMANDS[cmd_name]}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command


@click.group(cls=LazyGroup, epilog=EXIT_CODES)
def jenkins() -> None:
    """Start, follow and question builds on a Jenkins server.

    JENKINS_URL says where it is, JENKINS_USER_ID and JENKINS_API_TOKEN who asks (else ~/.netrc). JOB is written
    folder/app, a branch of a multibranch project is given with -b; without JOB it is JENKINS_JOB.

    \b
    ci jenkins run folder/app -p ENVIRONMENT=staging --follow
    ci jenkins view folder/app      what the last build did, and what failed
    ci jenkins sync shop            a job that runs this repository's Jenkinsfile
    """
