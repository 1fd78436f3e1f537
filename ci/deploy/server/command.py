"""The command line of gunicorn: what the web line of a release's Procfile says, and what the server adds."""

import argparse
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ci.errors import CiError

CONFIGURATION = "gunicorn.conf.py"

#: For a release that brings none. The command line names this file, so that releases with and without can be exchanged.
DEFAULT_CONFIGURATION = """\
# Made by `ci deploy`, as the archive holds no gunicorn.conf.py. Without a setting gunicorn listens on 0.0.0.0:$PORT.
control_socket_disable = True  # it lies in the home folder, which may not be writable
"""

_WITHOUT_PROCFILE = ("app:create_app()",)

_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})")


@dataclass(frozen=True)
class WebLine:
    """Gunicorn's arguments, those apart that the server needs to change. Paths are relative to the release."""

    chdir: str
    config: str
    binds: tuple[str, ...]
    others: tuple[str, ...]


def arguments(release: Path) -> tuple[str, ...]:
    """What the web line of the release's Procfile gives to gunicorn; without a Procfile the app's factory.

    Raises CiError if the line starts something else, or sets what the server has to set.
    """
    procfile = release / "Procfile"
    if not procfile.is_file():
        return _WITHOUT_PROCFILE
    line = re.search(r"^web:(.*)$", procfile.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
    try:
        words = shlex.split(line[1]) if line else []
    except ValueError as error:
        raise CiError(f"the web line in the Procfile of this release can't be read: {error}") from None
    if words[:1] != ["gunicorn"]:
        raise CiError(
            'the Procfile of this release has no line that begins with "web: gunicorn", '
            "and this server runs nothing else"
        )
    web_line(words[1:])
    return tuple(words[1:])


def web_line(words: Sequence[str]) -> WebLine:
    """Gunicorn's arguments ``words``, taken apart. Raises CiError for one that the server has to set itself."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--chdir", default="")
    parser.add_argument("-c", "--config", default=CONFIGURATION)
    parser.add_argument("-b", "--bind", action="append", default=[])
    parser.add_argument("-p", "--pid")
    parser.add_argument("-D", "--daemon", action="store_true")
    try:
        found, others = parser.parse_known_args(words)
    except argparse.ArgumentError as error:
        raise CiError(f"the web line in the Procfile of this release can't be read: {error}") from None
    if found.pid or found.daemon:
        raise CiError("the web line in the Procfile must not say --pid or --daemon: the server sees to both")
    for bind in found.bind:
        if not re.search(r":\$(PORT$|\{PORT)", bind):
            raise CiError(f"the web line in the Procfile binds {bind}: write $PORT there, which the server chooses")
    return WebLine(found.chdir, found.config, tuple(found.bind), tuple(others))


def line(
    release: Path, words: Sequence[str], *, pid_file: Path, env: Mapping[str, str], listener: int | None = None
) -> list[str]:
    """The whole command that serves ``release``, the folder of a release or a link to it, with gunicorn's ``words``.

    Variables of ``env`` are filled in. On the socket ``listener``, if there is one, a single worker serves.

    SIGUSR2 runs the command again, so every path in it goes through the link; and Python is named, because the first
    line of ``bin/gunicorn`` holds the environment of one release.
    """
    web = web_line(words)
    config = web.config if web.config.startswith("python:") else str(release / web.config.removeprefix("file:"))
    served = [("--bind", bind) for bind in web.binds]
    rehearsed = [("--bind", f"fd://{listener}"), ("--workers", "1")]
    return [
        *(str(release / ".venv/bin/python"), str(release / ".venv/bin/gunicorn")),
        *("--chdir", str(release / web.chdir), "-c", config, "--pid", str(pid_file)),
        *(_filled(word, env) for option in (served if listener is None else rehearsed) for word in option),
        *(_filled(word, env) for word in web.others),
    ]


def _filled(word: str, env: Mapping[str, str]) -> str:
    """A word with the values of its variables, as the shell of a Procfile runner would fill them in."""
    return _VARIABLE.sub(lambda found: env.get(found[1] or found[2]) or found[3] or "", word)
