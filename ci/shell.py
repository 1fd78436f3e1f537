"""Shell text: quoting, retries and time limits, in POSIX ``sh``. Commands are text and stay text.

``/bin/sh`` is dash on Debian and Ubuntu, busybox on Alpine, bash elsewhere; each form below runs in all of them.
"""

import shlex
from collections.abc import Sequence

#: UTF-16 units that one step may hold. A constant of a Java class file (and so a Jenkinsfile's string) holds 65,535
#: bytes, and a unit takes up to three of them; GitHub takes 21,000 characters.
LONGEST_STEP = 20_000

#: Seconds between SIGTERM and SIGKILL for a command whose time is up.
GRACE = 30


def command_text(command: str | Sequence[str]) -> str:
    """The shell text of a command of the definition: a string is text already, words are quoted and joined.

    A text that begins with ``#!`` gets a newline in front, since Jenkins would run it as a program of its own,
    without ``-e`` (durable-task plugin).
    """
    text = command if isinstance(command, str) else shlex.join(command)
    return f"\n{text}" if text.startswith("#!") else text


def child_shell(text: str) -> str:
    """A command that runs ``text`` in a shell of its own, which ends at the first command that fails."""
    return f"/bin/sh -ec -- {shlex.quote(text)}"


def with_retries(text: str, retries: int) -> str:
    """Text that runs ``text`` again, at once, up to ``retries`` more times, and ends with the last exit code.

    The child shell is needed: ``-e`` has no effect inside the condition of ``until``.
    """
    if not retries:
        return text
    return (
        f"attempt=0; until {child_shell(text)}; do\n"
        f'code=$?; attempt=$((attempt+1)); [ "$attempt" -le {retries} ] || exit "$code"\n'
        "done"
    )


def with_time_limit(commands: Sequence[str], seconds: int) -> str:
    """A command that runs ``commands`` in turn, each in a shell of its own, up to the first that fails.

    After ``seconds`` it ends them and their children with exit code 124, or 137 (coreutils). Each command is a word of
    its own, quoted once, so that a reader finds it again.
    """
    each = child_shell('for command; do /bin/sh -ec -- "$command"; done')
    return " \\\n  ".join([f"timeout -k {GRACE} {seconds} {each} job", *map(shlex.quote, commands)])


def with_path(text: str, folder: str) -> str:
    """Text with ``folder`` of the checkout first on PATH."""
    return f'export PATH="$PWD/{folder}:$PATH"\n{text}'


def length(text: str) -> int:
    """Length of a text in UTF-16 units, as Java and GitHub count."""
    return len(text.encode("utf-16-le")) // 2
