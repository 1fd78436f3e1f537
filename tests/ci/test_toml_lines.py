"""The line of every value of a TOML file is found again, however the file is laid out."""

import pytest

from ci.toml_lines import Path, line_of, lines_of

TEXT = '''\
# a comment
top = 1
inline = { a = 1, b = [1, 2] }

[table.sub]
key = """
[[stage]]
"""
list = [
    "one",

    # two
    "two", "three",
    [
        "four",
    ],
]

[[stage]]
name = "first"

[[stage.job]]
name = "a"

[[stage.job]]
name = "b"

[stage.job.env]
X = "1"

[[stage]]
"quo.ted" = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("inline", "b", 1), 3),
        (("table", "sub"), 5),
        (("table", "sub", "key"), 6),
        (("table", "sub", "list"), 9),
        (("table", "sub", "list", 0), 10),
        (("table", "sub", "list", 1), 13),
        (("table", "sub", "list", 2), 13),
        (("table", "sub", "list", 3), 14),
        (("stage", 0), 19),
        (("stage", 0, "name"), 20),
        (("stage", 0, "job", 0, "name"), 23),
        (("stage", 0, "job", 1), 25),
        (("stage", 0, "job", 1, "env", "X"), 29),
        (("stage", 1), 31),
        (("stage", 1, "quo.ted"), 32),
        (("stage", 1, "missing", "deeper"), 31),
        ((), 1),
    ],
)
def test_line_of_a_value(path: Path, line: int) -> None:
    assert line_of(lines_of(TEXT), path) == line


def test_dotted_keys_and_windows_line_ends() -> None:
    assert line_of(lines_of("a.b = 1\r\na.c = 2\r\n"), ("a", "c")) == 2
