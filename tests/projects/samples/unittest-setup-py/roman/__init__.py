VALUES = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))


def roman(number):
    """A number up to 39 in Roman numerals."""
    text = ""
    for letters, value in VALUES:
        while number >= value:
            text, number = text + letters, number - value
    return text
