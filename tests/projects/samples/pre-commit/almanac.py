from datetime import date

from dateutil.easter import easter


def days_to_easter(today: date) -> int:
    coming = easter(today.year)
    if coming < today:
        coming = easter(today.year + 1)
    return (coming - today).days
