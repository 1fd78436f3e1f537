"""Cron as GoCD's timer has it: a Quartz expression, with seconds first and ``?`` in one of the two fields of days.

Where both days are given, cron takes either (or both, where one of them begins with ``*``); Quartz can say neither.
"""

import re

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12))


def quartz(schedule: str) -> str | None:
    """The expression of a schedule of five fields; None where Quartz has none."""
    *times, weekday = schedule.split(" ")
    days = {0, *range(1, 7)} if weekday == "*" else _numbers(weekday, 0, 6)
    minute, hour, day, month = (_field(field, *limits) for field, limits in zip(times, _LIMITS, strict=True))
    if len(days) == len(_DAYS):
        return f"0 {minute} {hour} {day} {month} ?"
    if day != "*":
        return None
    return f"0 {minute} {hour} ? {month} {','.join(_DAYS[number] for number in sorted(days))}"


def _field(field: str, lowest: int, highest: int) -> str:
    """A field as it is where Quartz reads it alike, else its numbers."""
    numbers = _numbers(field, lowest, highest)
    if len(numbers) == highest - lowest + 1:
        return "*"
    return field if field.isdecimal() else _ranged(field, numbers)


def _ranged(field: str, numbers: set[int]) -> str:
    """``*/15`` and ``1-5`` mean the same to both; of lists and steps from a number only the numbers are sure."""
    plain = "," not in field and (field.startswith("*/") or ("-" in field and "/" not in field))
    return field if plain else ",".join(str(number) for number in sorted(numbers))


def _numbers(field: str, lowest: int, highest: int) -> set[int]:
    """What a field of cron stands for (crontab(5)); ``5/10`` begins at 5 and goes on to the end."""
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = lowest if first == "*" else int(first)
        end = int(last) if last else highest if first == "*" or step else start
        found.update(range(start, end + 1, int(step or 1)))
    return found


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
