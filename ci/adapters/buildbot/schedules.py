"""Five cron fields as the arguments of Buildbot's ``Nightly``, which counts the days of a week from Monday."""

from typing import Any

from ci.values import cron_numbers

_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("dayOfMonth", 1, 31), ("month", 1, 12), ("dayOfWeek", 0, 6))


def nightly(schedule: str) -> dict[str, Any]:
    """The arguments for a schedule that the model accepts. As in cron, either day field is enough if both are set."""
    found: dict[str, Any] = {}
    for text, (name, lowest, highest) in zip(schedule.split(" "), _FIELDS):
        numbers = cron_numbers(text, lowest, highest)
        if len(numbers) == highest - lowest + 1:
            found[name] = "*"
        else:
            found[name] = tuple(sorted((number - 1) % 7 if name == "dayOfWeek" else number for number in numbers))
    return found
