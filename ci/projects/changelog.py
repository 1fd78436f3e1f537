"""What changed between two releases, out of a changelog in the form of https://keepachangelog.com."""

import re

_SECTION = re.compile(r"^## \[?([0-9][^\]\s]*)\]?.*\n(?:(?!## ).*\n?)*", re.MULTILINE)


def between(text: str, before: str, after: str) -> str:
    """The sections of ``text`` for the releases after ``before`` up to ``after``, newest first; "" on the way back."""
    older, newer = _numbers(before), _numbers(after)
    return "\n\n".join(
        section[0].strip() for section in _SECTION.finditer(text) if older < _numbers(section[1]) <= newer
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]+", version))
