from clocks import strokes


def test_noon_and_midnight_are_twelve():
    assert [strokes(hour) for hour in (0, 1, 12, 23)] == [12, 1, 12, 11]
