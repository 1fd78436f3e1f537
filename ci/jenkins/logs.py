"""A build's log, as it grows: nothing lost, nothing twice, in constant memory.

Jenkins' ``progressiveText`` answers with what is in the log from an offset on, and with the next offset, which counts
the bytes of its file; the text itself has CRLF for LF (stapler's LargeText), so bytes can't be counted here.
"""

import codecs
import re
from collections.abc import Iterable, Iterator

import requests

from ci.jenkins.build_contents import LogPart, StageHeading
from ci.jenkins.builds import build_path
from ci.jenkins.errors import JenkinsError, Unavailable
from ci.jenkins.line_ends import LineEnds
from ci.jenkins.pauses import OUTAGE, Pauses
from ci.jenkins.results import Build
from ci.jenkins.transport import Transport
from ci.jenkins.waiting import last_seen, still_running

#: How long a server may be away, in seconds, for those who only want what is there now.
MOMENT = 10.0
#: How far from its end the tail of a log is looked for first, in bytes.
TAIL = 1 << 14
_STAGE = re.compile(r"\[Pipeline\] \{ \((?:Branch: )?(.*)\)")
_MARK = "[Pipeline] "
#: A line with a heading is shorter, in characters.
_LONGEST = 1 << 16
_OFFSET = re.compile(r"[0-9]{1,18}")


def chunks(
    client: Transport, build: Build, start: int, *, timeout: float | None, follow: bool
) -> Iterator[bytes]:
    """See `Queries.log_chunks`."""
    limited, ends = client.limited(timeout), LineEnds()
    reading = Reading(limited, build, start, patience=OUTAGE if follow else MOMENT)
    pauses = Pauses(limited, first=1.0, longest=5.0)
    with last_seen(build):
        while True:
            before = reading.next
            yield from filter(None, map(ends.text, reading.once()))
            ends.after_poll()
            if not reading.more or not follow:
                break
            if reading.next != before:
                pauses.again_short()
            if pauses.over:
                raise still_running(limited, build)
            pauses.pause()
    yield ends.rest()


class Reading:
    """A log from an offset on; ``next`` is the offset that was reached, ``more`` whether there may be more later.

    ``patience``: seconds for which the server may be away.
    """

    def __init__(self, client: Transport, build: Build, start: int, *, patience: float) -> None:
        self._client, self._patience = client, patience
        self._path = f"{build_path(build)}logText/progressiveText?start="
        self.next, self.more = start, True

    def once(self) -> Iterator[bytes]:
        """What is there from ``next`` on, as Jenkins sends it.

        A server that goes away meanwhile is waited for and asked from the same place again: what has come of the
        answer already is skipped.
        """
        taken, outage = 0, self._outage()
        while True:
            try:
                for piece in self._answer(skip=taken):
                    taken += len(piece)
                    outage = self._outage()
                    yield piece
                return
            except Unavailable as error:
                if outage.over or error.lasting:
                    raise
            outage.pause()

    def size(self) -> int:
        """Where the log ends now; it is not read."""
        response, size, _ = self._asked()
        response.close()
        return size

    def _outage(self) -> Pauses:
        return Pauses(self._client, first=1.0, longest=10.0, timeout=self._patience)

    def _answer(self, skip: int) -> Iterator[bytes]:
        """The text of one answer but the first ``skip`` bytes.

        A server that has lost the end of a log sends all of it again: that is nothing new.
        """
        response, size, more = self._asked()
        if size < self.next:
            response.close()
        else:
            for piece in self._client.pieces(response, "the log"):
                if len(piece) > skip:
                    yield piece[skip:]
                skip = max(skip - len(piece), 0)
        self.next, self.more = size, more

    def _asked(self) -> tuple[requests.Response, int, bool]:
        """The answer as it begins, the offset of its end, and whether there may be more later."""
        response = self._client.get(f"{self._path}{self.next}", stream=True)
        size = response.headers.get("X-Text-Size", "")
        if not _OFFSET.fullmatch(size):
            response.close()
            raise JenkinsError(f"the answer to GET {self._path}{self.next} is no log of Jenkins: see JENKINS_URL")
        return response, int(size), "X-More-Data" in response.headers


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
            if one.startswith(_MARK) and (found := _STAGE.fullmatch(one)):
                yield StageHeading(found[1])
            yield f"{one}\n"
        if not line.startswith(_MARK[:len(line)]) or len(line) > _LONGEST:
            yield line
            line = ""
    if line:
        yield line


def tail(client: Transport, build: Build, lines: int) -> LogPart:
    """See `Queries.log_tail`."""
    end, reach = Reading(client, build, 0, patience=MOMENT).size(), TAIL
    while lines > 0:
        start = max(end - reach, 0)
        reading, ends = Reading(client, build, start, patience=MOMENT), LineEnds()
        found = (b"".join(map(ends.text, reading.once())) + ends.rest()).split(b"\n")
        if start == 0 or len(found) > lines + 1:
            kept = found[-lines:] if found[-1] else found[-lines - 1:]
            return LogPart(b"\n".join(kept), reading.next)
        reach *= 8
    return LogPart(b"", end)
