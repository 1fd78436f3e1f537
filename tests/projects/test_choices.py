"""What people say of a project: any text is a choice or refused in words, and a folder of any name gives one."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.errors import UsageError
from ci.projects import choices

names = st.from_regex(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).filter(lambda name: len(name) <= 30)
minors = st.lists(st.integers(11, 99), min_size=1)


@given(st.text() | st.text("aZ09-_. é日"))
def test_a_folder_of_any_name_gives_one_that_can_be(folder: str) -> None:
    found = choices.name_from(folder)
    assert choices.name(found) == found


@given(names)
def test_a_name_that_can_be_stays(name: str) -> None:
    assert choices.name_from(name) == choices.name(name) == name


@given(minors, st.sampled_from([",", ", ", ",,", " ,"]))
def test_pythons_are_named_once_and_oldest_first(versions: list[int], comma: str) -> None:
    found = choices.pythons(comma.join(f"3.{minor}" for minor in versions))
    assert found == tuple(f"3.{minor}" for minor in sorted(set(versions)))


@pytest.mark.parametrize("choice", [
    choices.name, choices.pythons, choices.deploy, choices.tool, choices.branch, choices.pipeline_name, choices.yes,
    lambda text: choices.engines(text, choices.ENGINES),
])  # fmt: skip
@given(text=st.text() | st.text("3.1,09- \n") | st.sampled_from(["github,jenkins", "server", "kept", "yes", "main"]))
def test_any_text_is_a_choice_or_refused_in_words(choice: Callable[[str], object], text: str) -> None:
    try:
        found = choice(text)
    except UsageError as refused:
        assert str(refused)
    else:
        parts = {part.strip() for part in text.split(",")}
        assert found in (text, True, False) or (isinstance(found, tuple) and parts >= set(found))
