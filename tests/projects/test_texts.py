"""Texts of a project, with what people say in them: each value arrives as it is."""

import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.projects import texts, toml_text

WITH_PLACES = ("README.md", "license", "lock.sh", "pyproject.toml")

odd = st.sampled_from(["@{name}", "\\1", "\\g<0>", "'''", '"', "'", "\n", "\\", "{", "\x7f", "😀"])
values = st.text() | st.lists(odd | st.text(max_size=2)).map("".join)


@pytest.mark.parametrize("file", WITH_PLACES)
@given(value=values)
def test_a_value_stands_in_its_place_as_it_is(file: str, value: str) -> None:
    parts = re.split(r"@\{([a-z_]+)\}", texts.read(file))
    between, places = parts[::2], parts[1::2]
    assert places and texts.filled(file, **dict.fromkeys(places, value)) == value.join(between)


def test_a_place_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="name"):
        texts.filled("license")


@given(values)
def test_a_string_of_toml_says_what_it_should(value: str) -> None:
    assert tomllib.loads(f"key = {toml_text.string(value)}\n") == {"key": value}
