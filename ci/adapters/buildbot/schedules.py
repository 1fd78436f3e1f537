"""Five cron fields as the arguments of Buildbot's ``Nightly``, which counts the days of a week from Monday."""

from typing import Any

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("dayOfMonth", 1, 31), ("month", 1, 12), ("dayOfWeek", 0, 6))


def nightly(schedule: str) -> dict[str, Any]:
    """The arguments for a schedule that the model accepts. As in cron, either day field is enough if both are set."""
    found: dict[str, Any] = {}
    for text, (name, lowest, highest) in zip(schedule.split(" "), _FIELDS):
        numbers = numbers_of(text, lowest, highest)
        if len(numbers) == highest - lowest + 1:
            found[name] = "*"
        else:
            found[name] = tuple(sorted((number - 1) % 7 for number in numbers)) if name == "dayOfWeek" else numbers
    return found


def numbers_of(text: str, lowest: int, highest: int) -> tuple[int, ...]:
    """All numbers that a cron field stands for; ``a/s`` means from ``a`` on."""
    numbers: set[int] = set()
    for part in text.split(","):
        values, _, step = part.partition("/")
        first, _, last = values.partition("-")
        begin = lowest if first == "*" else int(first)
        end = int(last) if last else highest if first == "*" or step else begin
        numbers.update(range(begin, end + 1, int(step or 1)))
    return tuple(sorted(numbers))
