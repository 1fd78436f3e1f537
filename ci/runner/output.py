"""The output of a job: bytes in, whole clean lines out, secrets masked, in constant memory at any amount."""

import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import BinaryIO

from ci.visible import ESCAPES

MASK = "***"
#: Lines kept for the end of the run, and characters kept of each.
TAIL, LONGEST_TAIL_LINE = 40, 2_000
#: Bytes of a line without an end that are held back at most.
LONGEST_LINE = 65_536
#: Shorter values would make a log unreadable, and protect nothing.
SHORTEST_SECRET = 4

# What a terminal would act on: C0 without tab and newline, DEL, C1.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_OVERWRITTEN = re.compile(r"[^\n]*\r")


def secret_lines(values: Iterable[str]) -> tuple[str, ...]:
    """What to mask: each line of each value that is long enough, longest first."""
    lines = {line.strip() for value in values for line in value.splitlines()}
    return tuple(sorted((line for line in lines if len(line) >= SHORTEST_SECRET), key=len, reverse=True))


def clean(text: str) -> str:
    """Text without control characters but tab and newline. Of an overwritten line (CR) the last state is kept."""
    if "\r" in text:
        text = _OVERWRITTEN.sub("", re.sub(r"\r+(?=\n|\Z)", "", text))
    if _CONTROLS.search(text):
        text = _CONTROLS.sub("", ESCAPES.sub("", text))
    return text


class Output:
    """Takes what a job writes, piece by piece; gives ``show`` blocks of whole lines and writes them to ``log``.

    ``secrets`` comes from ``secret_lines``; ``tail`` holds the last lines. Not for several threads at once.
    """

    def __init__(self, log: BinaryIO, show: Callable[[str], None], secrets: tuple[str, ...]) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL)
        self._log = log
        self._show = show
        self._secrets = re.compile("|".join(map(re.escape, secrets))) if secrets else None
        self._overlap = max((len(secret.encode(errors="replace")) for secret in secrets), default=1) - 1
        self._held = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._held += chunk
        end = self._held.rfind(b"\n") + 1
        if not end and len(self._held) > LONGEST_LINE:
            self._cut()
        elif end:
            self._emit(self._held[:end].decode(errors="replace"))
            self._held = self._held[end:]

    def line(self, text: str) -> None:
        """Add a line of the runner's own."""
        self.end()
        self._emit(f"{text}\n")

    def end(self) -> None:
        """Give out a last line without its newline."""
        if self._held:
            self.feed(b"\n")

    def _cut(self) -> None:
        """Give out the beginning of a line that doesn't end. No secret is cut in two: what may begin one stays."""
        masked = self._masked(self._held.decode(errors="surrogateescape")).encode(errors="surrogateescape")
        keep = max(len(masked) - self._overlap, 0)
        self._held = masked[keep:]
        self._emit(masked[:keep].decode(errors="replace") + "\n")

    def _masked(self, text: str) -> str:
        return self._secrets.sub(MASK, text) if self._secrets else text

    def presentable(self, text: str) -> str:
        """Any text of the job's as it may be shown."""
        return self._masked(clean(text))

    def _emit(self, text: str) -> None:
        text = self.presentable(text)
        self._log.write(text.encode(errors="replace"))
        self.tail.extend(line[:LONGEST_TAIL_LINE] for line in text[:-1].rsplit("\n", TAIL)[-TAIL:])
        self._show(text)
