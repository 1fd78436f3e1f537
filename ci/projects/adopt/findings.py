"""What a survey tells people beside what goes into the definition."""

from msgspec import Struct


class Found(Struct, frozen=True, order=True):
    """A file that says something of use, and what."""

    file: str
    what: str


class Remark(Struct, frozen=True, order=True):
    """Something that is not taken over: why, and what to do about it."""

    subject: str
    reason: str
    advice: str
