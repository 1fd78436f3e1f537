"""A build's log on its way to a stream: byte for byte into a pipe or a file, with stage headings on a terminal."""

import os
import re
from typing import TYPE_CHECKING, TextIO

import click

from ci.commands.jenkins import screen

if TYPE_CHECKING:
    from ci.jenkins import Build, JenkinsClient

#: More lines than a log has.
_ALL = 1_000_000_000
#: What a log may not do to a terminal: everything but colours, tabs and ends of lines.
_COMMANDS = re.compile(r"\x1b(?!\[[0-9;:]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_COLOURS = re.compile(rf"\x1b\[[0-9;:]*m|{_COMMANDS.pattern}")


def follow(
    client: "JenkinsClient", build: "Build", start: int, stream: TextIO, *, timeout: float | None = None
) -> bool:
    """Write the log from the offset ``start`` on, as it grows, until it ends.

    Returns whether the last line has an end. Raises WaitTimeout.
    """
    line_ended = True
    if not stream.isatty():
        for chunk in client.log_chunks(build, start, timeout=timeout):
            write_bytes(chunk, stream)
            line_ended = chunk.endswith(b"\n") if chunk else line_ended
        return line_ended
    for event in client.log_events(build, start, timeout=timeout):
        if isinstance(event, str):
            write(event, stream)
            line_ended = event.endswith("\n") if event else line_ended
        else:
            screen.show([heading(event.name)], file=stream)
    return line_ended


def heading(name: str) -> screen.Line:
    """What stands before the log of a stage."""
    return screen.Line(f"── {screen.plain(name)} ──", "bold")


def show_so_far(client: "JenkinsClient", build: "Build", stream: TextIO) -> None:
    """Write what there is of the log now."""
    if build.building:
        write(client.log_tail(build, _ALL).text, stream)
    else:
        follow(client, build, 0, stream)


def so_far(client: "JenkinsClient", build: "Build") -> str:
    """What there is of the log now."""
    return client.log_tail(build, _ALL).text if build.building else "".join(client.stream_log(build))


def write(text: str, stream: TextIO) -> None:
    """Write a piece of a log; to a terminal without what would command it."""
    if stream.isatty():
        harmless = (_COLOURS if os.environ.get("NO_COLOR") else _COMMANDS).sub("", text)
        click.echo(screen.encodable(harmless, stream), file=stream, nl=False, color=True)
    else:
        write_bytes(text.encode(), stream)


def write_bytes(chunk: bytes, stream: TextIO) -> None:
    """Write a piece of a log as it is."""
    stream.flush()
    stream.buffer.write(chunk)
    stream.buffer.flush()
