"""The one place that starts processes: short ones whose output is the answer, and long ones that are followed."""

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from ci.errors import CommandError, MissingProgram

#: With these git tells a hook or an alias which repository it works in (``git rev-parse --local-env-vars``, git
#: 2.39, without GIT_CONFIG_COUNT, which people set themselves). They would bend every other git command.
GIT_VARIABLES = frozenset(
    """GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_CONFIG GIT_CONFIG_PARAMETERS GIT_OBJECT_DIRECTORY GIT_DIR GIT_WORK_TREE
    GIT_IMPLICIT_WORK_TREE GIT_GRAFT_FILE GIT_INDEX_FILE GIT_NO_REPLACE_OBJECTS GIT_REPLACE_REF_BASE GIT_PREFIX
    GIT_INTERNAL_SUPER_PREFIX GIT_SHALLOW_FILE GIT_COMMON_DIR GIT_NAMESPACE GIT_QUARANTINE_PATH""".split()
)


#: Seconds that a program which is ended early has to tidy up.
_GRACE = 2.0

#: Who fetches from an address: at times a token, which git shows when it is refused.
_USER = re.compile(r"(?:(?<=http://)|(?<=https://))[^/@\s]+@")


class Completed(Struct, frozen=True):
    """A process that ended, with what it wrote. Bytes that are no UTF-8 are kept as surrogates (PEP 383)."""

    exit_code: int
    stdout: str
    stderr: str


def environment() -> dict[str, str]:
    """This process's environment without what a calling git hook put there."""
    return {name: value for name, value in os.environ.items() if name not in GIT_VARIABLES}


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: str = "",
    timeout: float | None = None,
    check: bool = True,
    shown: Sequence[str] = (),
) -> Completed:
    """Run a program to its end and return what it wrote.

    ``env`` replaces the whole environment (default: ``environment()``), ``timeout`` is in seconds. Ctrl-C is for this
    process, which knows what to end in which order: where that, or the time, ends the program, what it has started
    ends too. Messages name ``shown`` in place of the command, where it is given.
    Raises MissingProgram, and CommandError when the program takes too long or, with ``check``, fails.
    """
    try:
        process = subprocess.Popen(
            command, cwd=cwd, env=environment() if env is None else env, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )
    except FileNotFoundError:
        if cwd is not None and not cwd.is_dir():
            raise
        raise MissingProgram(f"{command[0]} is not installed, or not on PATH") from None
    with process:
        try:
            streams = process.communicate(input.encode(errors="surrogateescape"), timeout=timeout)
        except subprocess.TimeoutExpired:
            _end(process)
            raise CommandError(f"`{shlex.join(shown or command)}` did not end within {timeout:g} seconds") from None
        except BaseException:
            _end(process)
            raise
    stdout, stderr = (stream.decode(errors="surrogateescape") for stream in streams)
    if check and process.returncode:
        raise CommandError(_failure(shown or command, process.returncode, stdout, stderr))
    return Completed(process.returncode, stdout, stderr)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a program and what it has started: politely first, since git has locks to remove."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_GRACE)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass


def _failure(command: Sequence[str], exit_code: int, stdout: str, stderr: str) -> str:
    said = [
        f"  {name}: {line}" for name, text in (("stdout", stdout), ("stderr", stderr)) for line in text.splitlines()
    ]
    text = "\n".join([f"`{shlex.join(command)}` ended with exit code {exit_code}", *said])
    return _USER.sub("", text).encode(errors="replace").decode()


def git(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, input: str = "", timeout: float | None = None
) -> str:
    """Run git in ``cwd`` and return its output without the last newline.

    ``env`` is added to the environment, ``timeout`` is in seconds. No hook, prompt or background program of git runs,
    and git takes no lock that it doesn't need. Raises CommandError, whose message leaves these settings out.
    """
    quiet = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    settings = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.splitIndex=false", "gc.auto=0")
    command = ["git", *(word for setting in settings for word in ("-c", setting)), *arguments]
    whole = {**environment(), **quiet, **(env or {})}
    shown = ["git", *arguments]
    return run(command, cwd=cwd, env=whole, input=input, timeout=timeout, shown=shown).stdout.rstrip("\n")


def start(command: Sequence[str], *, cwd: Path, env: Mapping[str, str], output: int) -> subprocess.Popen[bytes]:
    """Start a program in a session (and so a process group) of its own, without input.

    Both its streams go to the file descriptor ``output``. The process's id is also that of its group.
    """
    return subprocess.Popen(
        command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
    )
