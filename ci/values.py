"""Single values of a definition: what a duration is worth, and what is wrong with one although its form is right."""

import re

_SECONDS = {"s": 1, "m": 60, "h": 3600}

#: Seconds after which the last engine ends a job (GitHub: five days on an own runner, six hours on one of its own).
LONGEST_TIMEOUT = 5 * 24 * 3600

#: Lowest and highest number of the cron fields.
_CRON = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))


def seconds(duration: str) -> int:
    """A duration of the definition (``90s``, ``15m``, ``2h``) in seconds."""
    return int(duration[:-1]) * _SECONDS[duration[-1]]


def share(text: str) -> float:
    """A share of the definition (``2.5%``) as a number (0.025)."""
    return float(text.removesuffix("%")) / 100


def is_ref(pattern: str) -> bool:
    """Whether a branch or tag can have this name, or with a final ``*`` this beginning (git-check-ref-format(1))."""
    if re.search(r"^-|^HEAD$|^refs/|^/|//|\.\.|(^|/)\.|\.lock/", pattern):
        return False
    return not re.search(r"(/|\.|\.lock)$", pattern)


def is_inside(path: str) -> bool:
    """Whether a path or pattern stays in its folder and is written in one way only: no ``./``, ``//`` or ``..``."""
    return not any(part in ("", ".", "..", ".git") for part in path.split("/"))


def is_schedule(text: str) -> bool:
    """Whether a text is five cron fields that every engine reads alike."""
    fields = text.split(" ")
    return len(fields) == len(_CRON) and all(_is_field(field, *limits) for field, limits in zip(fields, _CRON))


def cron_numbers(field: str, lowest: int, highest: int) -> set[int]:
    """What a cron field stands for (crontab(5)); ``5/10`` begins at 5 and goes on to the end."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = lowest if first == "*" else int(first)
        end = int(last) if last else highest if first == "*" or step else start
        found.update(range(start, end + 1, int(step or 1)))
    return found


def _is_field(field: str, lowest: int, highest: int) -> bool:
    """Whether a cron field holds only what every engine reads: ``*``, ``n``, ``a-b``, lists, ``/step``."""
    for part in field.split(","):
        found = re.fullmatch(r"(?:\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([1-9][0-9]?))?", part)
        if not found:
            return False
        numbers = [int(number) for number in found.group(1, 2) if number]
        if any(not lowest <= number <= highest for number in numbers) or numbers != sorted(numbers):
            return False
        if int(found[3] or 1) > highest:
            return False
    return True
