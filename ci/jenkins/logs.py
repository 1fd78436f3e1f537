"""A build's log, as it grows: nothing lost, nothing twice, in constant memory.

Jenkins' ``progressiveText`` answers with what is in the log from an offset on, and with the next offset, which counts
the bytes of its file; the text itself has CRLF for LF (stapler's LargeText), so bytes can't be counted here.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

import requests

from ci.jenkins.builds import build_path
from ci.jenkins.errors import JenkinsError, Unavailable
from ci.jenkins.pauses import OUTAGE, Pauses
from ci.jenkins.results import Build, LogPart, StageHeading
from ci.jenkins.transport import Transport
from ci.jenkins.waiting import still_running

CHUNK = 1 << 16
#: How far from its end the tail of a log is looked for first, in bytes.
TAIL = 1 << 14
_STAGE = re.compile(r"\[Pipeline\] \{ \((?:Branch: )?(.*)\)")
_MARK = "[Pipeline] "
_OFFSET = re.compile(r"[0-9]{1,18}")


def chunks(
    client: Transport, build: Build, start: int, *, timeout: float | None, follow: bool
) -> Iterator[bytes]:
    """See `Queries.log_chunks`."""
    ends = LineEnds()
    for piece in _pieces(client, build, start, timeout, follow=follow):
        text = ends.after_poll() if piece is None else ends.text(piece)
        if text:
            yield text
    yield ends.rest()


def _pieces(
    client: Transport, build: Build, start: int, timeout: float | None, *, follow: bool
) -> Iterator[bytes | None]:
    """What Jenkins sends, and None after each whole answer; only one answer if the log is not followed."""
    pauses = Pauses(client, first=1.0, longest=5.0, timeout=timeout)
    outage: Pauses | None = None
    taken, more = 0, True
    while more:
        try:
            answer = Answer(client, build, start)
            for piece in answer.pieces(skip=taken):
                taken += len(piece)
                yield piece
        except Unavailable:
            # From the same place again: what has come of this answer already is skipped.
            outage = outage or Pauses(client, first=1.0, longest=10.0, timeout=OUTAGE)
            if outage.over or pauses.over:
                raise
            outage.pause()
            continue
        yield None
        if taken:
            pauses.again_short()
        start, taken, more, outage = answer.size, 0, answer.more and follow, None
        if more:
            if pauses.over:
                raise still_running(build)
            pauses.pause()


class Answer:
    """The log from ``start`` on, as far as it is written; ``size`` is where it ends, ``more`` whether it may grow."""

    def __init__(self, client: Transport, build: Build, start: int) -> None:
        path = f"{build_path(build)}logText/progressiveText?start={start}"
        self._response = client.get(path, stream=True)
        size = self._response.headers.get("X-Text-Size", "")
        if not _OFFSET.fullmatch(size):
            self._response.close()
            raise JenkinsError(f"the answer to GET {path} is no log of Jenkins: see JENKINS_URL")
        self.size = int(size)
        self.more = "X-More-Data" in self._response.headers
        self._lost = self.size < start

    def pieces(self, *, skip: int = 0) -> Iterator[bytes]:
        """Its text but the first ``skip`` bytes. Raises Unavailable when the connection breaks.

        A server that has lost the end of a log sends all of it again: that is nothing new.
        """
        try:
            for piece in () if self._lost else self._response.iter_content(CHUNK):
                yield piece[skip:]
                skip = max(skip - len(piece), 0)
        except requests.RequestException as error:
            raise Unavailable(f"the log broke off ({type(error).__name__}): try again later") from None
        finally:
            self._response.close()

    def close(self) -> None:
        """Read no more of it."""
        self._response.close()


class LineEnds:
    """Makes LF of CRLF, however the text is cut: into pieces, or into answers of Jenkins.

    Jenkins writes CRLF for LF. Where an answer ended between the CR and the LF of a log that has CRLF itself, it makes
    CR and CRLF of them.
    """

    def __init__(self) -> None:
        self._held = b""
        self._poll_ended_at = 0

    def text(self, piece: bytes) -> bytes:
        """The text as far as it is sure."""
        if not piece:
            return b""
        data, cut = self._held + piece, self._poll_ended_at
        certain = data.rstrip(b"\r")
        if not certain:
            self._held = data
            return b""
        if cut and data[cut - 1:cut + 2] == b"\r\r\n":
            certain = certain[:cut - 1] + certain[cut:]
        self._held, self._poll_ended_at = data[len(data.rstrip(b"\r")):], 0
        return certain.replace(b"\r\n", b"\n")

    def after_poll(self) -> bytes:
        """An answer has ended here."""
        self._poll_ended_at = len(self._held)
        return b""

    def rest(self) -> bytes:
        """What was not sure until the end."""
        rest, self._held = self._held, b""
        return rest


def decoded(parts: Iterable[bytes]) -> Iterator[str]:
    """Text of UTF-8, never half a character."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    for part in parts:
        if text := decoder.decode(part):
            yield text
    if text := decoder.decode(b"", final=True):
        yield text


def with_headings(texts: Iterable[str]) -> Iterator[str | StageHeading]:
    """The text, and a heading before the line with which Pipeline begins a stage. Needs no plugin and no request."""
    line = ""
    for text in texts:
        *whole, line = (line + text).split("\n")
        for one in whole:
            if found := _STAGE.fullmatch(one):
                yield StageHeading(found[1])
            yield f"{one}\n"
        if not line.startswith(_MARK[:len(line)]):
            yield line
            line = ""
    if line:
        yield line


def tail(client: Transport, build: Build, lines: int) -> LogPart:
    """See `Queries.log_tail`."""
    whole = Answer(client, build, 0)
    whole.close()
    if lines <= 0:
        return LogPart("", whole.size)
    reach = TAIL
    while True:
        start = max(whole.size - reach, 0)
        answer, ends = Answer(client, build, start), LineEnds()
        data = b"".join(map(ends.text, answer.pieces())) + ends.rest()
        found = data.split(b"\n")
        if start == 0 or len(found) > lines + 1:
            kept = found[-lines - 1:] if not found[-1] else found[-lines:]
            return LogPart(b"\n".join(kept).decode("utf-8", "replace"), answer.size)
        reach *= 8
