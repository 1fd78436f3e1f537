"""What several commands take: a job, a build of it, parameters; and what they make of it."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from ci.commands.jenkins.completion import branch_names, job_names
from ci.errors import UsageError

if TYPE_CHECKING:
    from ci.jenkins import Kind

Command = TypeVar("Command", bound=Callable[..., Any])

#: Words for a build, and what the client calls them.
_KINDS: "dict[str, Kind]" = {
    "last": "any", "completed": "completed", "successful": "successful", "stable": "stable", "unstable": "unstable",
    "unsuccessful": "unsuccessful", "failed": "failed",
}


class Target(NamedTuple):
    """A build: a job and which one of it."""

    job: str
    number: "int | Kind"


class Duration(click.ParamType[float]):
    """Seconds, written ``90``, ``90s``, ``10m`` or ``2h``."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds; a wrong form is a wrong call."""
        if isinstance(value, float):
            return value
        found = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smh]?)", str(value), re.ASCII)
        if not found:
            self.fail(f"{value!r} is no duration: write 90s, 10m or 2h", param, ctx)
        return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def job_or(given: str | None, default: str) -> str:
    """The job that was named, or JENKINS_JOB, or ``default``."""
    return given or os.environ.get("JENKINS_JOB") or default


def to_job(given: str | None) -> str:
    """The job that was named, or JENKINS_JOB. Raises UsageError if there is neither."""
    job = job_or(given, "")
    if not job:
        raise UsageError("which job? Name it, as in folder/app, or set JENKINS_JOB (ci jenkins jobs lists them)")
    return job


def to_target(words: tuple[str, ...]) -> Target:
    """What ``[JOB] [NUMBER]`` means. A lone number is one of JENKINS_JOB if that is set. Raises UsageError."""
    if len(words) > 2:
        raise UsageError(f"one build at a time: a job and a number, not {' '.join(words)!r}")
    if len(words) == 2:
        return Target(to_job(words[0]), _number(words[1]))
    if words and os.environ.get("JENKINS_JOB") and (words[0] in _KINDS or _is_number(words[0])):
        return Target(to_job(None), _number(words[0]))
    return Target(to_job(words[0] if words else None), "any")


def _is_number(word: str) -> bool:
    return bool(re.fullmatch(r"#?[0-9]{1,9}", word, re.ASCII))


def _number(word: str) -> "int | Kind":
    if word in _KINDS:
        return _KINDS[word]
    if not _is_number(word):
        raise UsageError(f"{word!r} is no build: give its number, or one of {', '.join(_KINDS)}")
    return int(word.removeprefix("#"))


def to_parameters(given: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE`` of each; ``NAME`` alone is the environment variable of that name, which no message shows.

    Raises UsageError, which names no value either: it may belong to a password.
    """
    values: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not name:
            raise UsageError("-p: there is no name before the '='; write NAME=VALUE")
        if name in values:
            raise UsageError(f"-p {name} is given twice: leave one out")
        values[name] = value if equals else _from_environment(name)
    return values


def _from_environment(name: str) -> str:
    from ci.jenkins import Secret

    if name not in os.environ:
        raise UsageError(f"-p {name}: there is no environment variable {name}; set it, or write {name}=VALUE")
    return Secret(os.environ[name])


def to_files(given: Iterable[str]) -> dict[str, Path]:
    """``NAME=@PATH`` of each. Raises UsageError for another form or a file that is not there."""
    files: dict[str, Path] = {}
    for text in given:
        name, _, path = text.partition("=")
        if not name or name in files or not path.startswith("@"):
            raise UsageError(f"-F {text!r}: " + ("given twice" if name in files else "write NAME=@PATH"))
        files[name] = Path(path[1:])
        if not files[name].is_file():
            raise UsageError(f"-F {text!r}: there is no file {path[1:]}")
    return files


def readable(text: str, option: str) -> str:
    """``text`` itself. Raises UsageError if the shell gave bytes that are no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{option} {text!r} is no text in UTF-8") from None
    return text


job_argument = click.argument("job", metavar="[JOB]", required=False, shell_complete=job_names)
target_argument = click.argument("target", metavar="[JOB] [NUMBER]", nargs=-1, shell_complete=job_names)
json_option = click.option("--json", "as_json", is_flag=True, help="The result as JSON on standard output.")
branch_option = click.option(
    "--branch", "-b", metavar="NAME", shell_complete=branch_names,
    help="A branch of a multibranch project, as git names it.",
)
item_option = click.option("--item", metavar="ID", type=click.IntRange(min=1), help="The build of this queue item.")
parameters_option = click.option(
    "--param", "-p", "params", metavar="NAME=VALUE", multiple=True,
    help="A parameter; NAME alone takes the environment variable NAME (for secrets).",
)
files_option = click.option("--file", "-F", "files", metavar="NAME=@PATH", multiple=True, help="A file parameter.")
timeout_option = click.option(
    "--timeout", metavar="TIME", type=Duration(), help="Wait no longer than this, e.g. 90s, 10m (exit 7)."
)
unstable_option = click.option("--unstable-ok", is_flag=True, help="Exit 0 for UNSTABLE too.")
abort_option = click.option("--abort-on-interrupt", is_flag=True, help="Ctrl-C ends the build as well.")


def ending_options(command: Command) -> Command:
    """The options of commands that start a build: whether to wait for its end, and how."""
    for option in reversed((
        click.option("--wait", "-w", is_flag=True, help="Wait for the end; exit with the result's code."),
        click.option("--follow", "-f", is_flag=True, help="As --wait, and print the log as it grows."),
        timeout_option, abort_option, unstable_option, json_option,
    )):
        command = option(command)
    return command
