from datetime import date

from almanac import days_to_easter


def test_the_day_itself():
    assert days_to_easter(date(2025, 4, 20)) == 0


def test_next_year():
    assert days_to_easter(date(2025, 12, 31)) == 95
