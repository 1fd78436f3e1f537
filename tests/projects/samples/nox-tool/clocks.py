def strokes(hour: int) -> int:
    """How often a tower clock strikes in a day's hour."""
    return hour % 12 or 12
