"""Cron as GoCD's timer has it: a Quartz expression, with seconds first and ``?`` in one of the two fields of days.

Where both days are given, cron takes either (or both, where one of them begins with ``*``); Quartz can say neither.
"""

import re

from ci.values import cron_numbers

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12))


def quartz(schedule: str) -> str | None:
    """The expression of a schedule of five fields; None where Quartz has none."""
    *times, weekday = schedule.split(" ")
    days = {0, *range(1, 7)} if weekday == "*" else cron_numbers(weekday, 0, 6)
    minute, hour, day, month = (_field(field, *limits) for field, limits in zip(times, _LIMITS, strict=True))
    if len(days) == len(_DAYS):
        return f"0 {minute} {hour} {day} {month} ?"
    if day != "*":
        return None
    return f"0 {minute} {hour} ? {month} {','.join(_DAYS[number] for number in sorted(days))}"


def _field(field: str, lowest: int, highest: int) -> str:
    """A field as it is where Quartz reads it alike, else its numbers."""
    numbers = cron_numbers(field, lowest, highest)
    if len(numbers) == highest - lowest + 1:
        return "*"
    return field if field.isdecimal() else _ranged(field, numbers)


def _ranged(field: str, numbers: set[int]) -> str:
    """``*/15`` and ``1-5`` mean the same to both; of lists and steps from a number only the numbers are sure."""
    plain = "," not in field and (field.startswith("*/") or ("-" in field and "/" not in field))
    return field if plain else ",".join(str(number) for number in sorted(numbers))


def is_quartz(expression: str) -> bool:
    """Whether a text is an expression of six fields, as we write them."""
    fields = expression.split(" ")
    if len(fields) != len(_LIMITS) + 2 or (fields[3] == "?") == (fields[5] == "?"):
        return False
    limits = ((0, 59), *_LIMITS, (1, 7))
    return all(field == "?" or _is_field(field, *limit) for field, limit in zip(fields, limits, strict=True))


def _is_field(field: str, lowest: int, highest: int) -> bool:
    if highest == len(_DAYS) and field.replace(",", "").isalpha():
        return all(day in _DAYS for day in field.split(","))
    parts = [re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part) for part in field.split(",")]
    numbers = [int(number) for part in parts if part for number in part.group(1, 2) if number]
    return all(parts) and all(lowest <= number <= highest for number in numbers)
