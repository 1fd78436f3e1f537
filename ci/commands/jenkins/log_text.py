"""A build's log on its way to a stream: byte for byte into a pipe or a file, with stage headings on a terminal."""

import os
import re
from typing import TYPE_CHECKING, TextIO

import click

from ci.commands.jenkins import screen

if TYPE_CHECKING:
    from ci.jenkins import Build, JenkinsClient

#: What a log may not do to a terminal: everything but colours, tabs and ends of lines.
_COMMANDS = re.compile(r"\x1b(?!\[[0-9;:]*m)|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f]")
_COLOURS = re.compile(rf"\x1b\[[0-9;:]*m|{_COMMANDS.pattern}")


def show(client: "JenkinsClient", build: "Build", start: int, stream: TextIO, *, follow: bool = True) -> bool:
    """Write the log from the offset ``start`` on: as it grows, until it ends; without ``follow`` what is there now.

    Returns whether the last line has an end. Raises WaitTimeout when the client's time is over.
    """
    line_ended = True
    if not stream.isatty():
        for chunk in client.log_chunks(build, start, follow=follow):
            write_bytes(chunk, stream)
            line_ended = chunk.endswith(b"\n") if chunk else line_ended
        return line_ended
    for event in client.log_events(build, start, follow=follow):
        if isinstance(event, str):
            write(event, stream)
            line_ended = event.endswith("\n") if event else line_ended
        else:
            screen.show([heading(event.name)], file=stream)
    return line_ended


def heading(name: str) -> screen.Line:
    """What stands before the log of a stage."""
    return screen.Line(f"── {screen.plain(name)} ──", "bold")


def write(piece: str | bytes, stream: TextIO) -> None:
    """Write a piece of a log, bytes as they are; to a terminal without what would command it."""
    if not stream.isatty():
        write_bytes(piece.encode() if isinstance(piece, str) else piece, stream)
        return
    text = piece if isinstance(piece, str) else piece.decode("utf-8", "replace")
    harmless = (_COLOURS if os.environ.get("NO_COLOR") else _COMMANDS).sub("", text)
    click.echo(screen.encodable(harmless, stream), file=stream, nl=False, color=True)


def write_bytes(chunk: bytes, stream: TextIO) -> None:
    """Write a piece of a log as it is."""
    stream.flush()
    stream.buffer.write(chunk)
    stream.buffer.flush()
