"""Any text as Groovy source. What Groovy itself makes of it: tests/engines/test_jenkins_commands.py."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.adapters.jenkins.groovy_text import block, comment, literal, script
from ci.visible import HIDDEN

LETTER = st.characters(exclude_categories=["Cs"])
TEXT = st.text(LETTER | st.sampled_from("'\\\n\r\t $u\""))


def groovy_value(source: str) -> str:
    """The text of a literal, by the rules of Groovy's grammar."""
    quotes = "'''" if source.startswith("'''") and len(source) > 5 else "'"
    assert source.startswith(quotes) and source.endswith(quotes)
    inner = source[len(quotes):-len(quotes)]
    assert not re.search(rf"(?<!\\)(\\\\)*{quotes}", inner), "the literal ends early"
    units = re.sub(r"\\(u[0-9a-f]{4}|.)", lambda found: _unescaped(found[1]), inner, flags=re.DOTALL)
    return units.encode("utf-16-be", "surrogatepass").decode("utf-16-be")


def _unescaped(code: str) -> str:
    if code.startswith("u"):
        return chr(int(code[1:], 16))
    return {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "\n": ""}[code]


@given(TEXT)
def test_a_literal_is_its_text_on_one_printable_line(text: str) -> None:
    """Whatever it holds."""
    assert groovy_value(literal(text)) == text
    assert not HIDDEN.search(literal(text))


@given(TEXT)
def test_a_script_is_its_text(text: str) -> None:
    """In either form."""
    assert groovy_value(script(text)) == text


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("make test", "'make test'"),
        ("it's \\d", "'it\\'s \\\\d'"),
        ("one\ntwo", "'''\\\none\ntwo'''"),
        ("it's\n'''", "'''\\\nit's\n\\'\\'\\''''"),
        ("a\tb\n'c'", "'''\\\na\tb\n'c\\''''"),
        ("one \ntwo", "'one \\ntwo'"),
        ("é\n\x85", "'''\\\né\n\\u0085'''"),
        ("𝄞\U000e0001", "'𝄞\\udb40\\udc01'"),
    ],
)
def test_a_script_as_a_person_writes_it(text: str, source: str) -> None:
    """Lines stay lines, and only what must be escaped is."""
    assert script(text) == source


@given(st.text(LETTER.filter(str.isprintable)))
def test_a_comment_holds_no_escape(text: str) -> None:
    """Groovy stops at a broken escape even in a comment."""
    assert not re.search(r"(?<!\\)(\\\\)*\\u", comment(text))


def test_a_comment_doubles_backslashes() -> None:
    """The reader sees two."""
    assert comment("C:\\users") == "// C:\\\\users"


def test_a_block() -> None:
    """Indented, and nothing where there is nothing to say."""
    assert block("post", ["a", "b"]) == ["post {", "    a", "    b", "}"]
    assert block("post", []) == []
