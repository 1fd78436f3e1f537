"""Arguments of a call behind the last command of a job: they arrive there byte for byte, or are refused."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.shell_arguments import with_arguments

#: Writes its arguments, each with a zero behind it.
SHOW = "printf '%s\\0'"

COMMANDS = [
    SHOW,
    f"  {SHOW}  ",
    f"\n{SHOW} \\\n    first",
    f"true && {SHOW}",
    f"true; {SHOW} \"a b\" 'c;d' e\\ f",
    f"NAME=value {SHOW} 2> /dev/null",
    f"! false && {SHOW} \"${{HOME#/}}\"",
]
arguments = st.lists(st.binary(min_size=1, max_size=12).filter(lambda word: b"\0" not in word), min_size=1, max_size=4)


@given(command=st.sampled_from(COMMANDS), words=arguments)
def test_every_byte_of_an_argument_arrives_at_the_last_command(command: str, words: list[bytes]) -> None:
    text = with_arguments(command, [word.decode(errors="surrogateescape") for word in words])
    done = subprocess.run(["sh", "-e"], input=text.encode(errors="surrogateescape"), capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.split(b"\0")[:-1][-len(words):] == words


@given(signs=st.text(alphabet="a= \"'\\#${}\n", max_size=12), words=arguments)
def test_words_of_any_signs_do_not_keep_an_argument_from_arriving(signs: str, words: list[bytes]) -> None:
    text = f"{SHOW} {signs}"
    try:
        longer = with_arguments(text, [word.decode(errors="surrogateescape") for word in words])
    except ValueError:
        return
    if subprocess.run(["sh", "-e", "-c", text], capture_output=True).returncode == 0:
        done = subprocess.run(["sh", "-e"], input=longer.encode(errors="surrogateescape"), capture_output=True)
        assert done.stdout.split(b"\0")[:-1][-len(words):] == words


@pytest.mark.parametrize(("text", "reason"), [
    ("python -m pytest\npython -m other", "it has several lines"),
    ("cat <<END\nx\nEND", "it has several lines"),
    ("pytest  # all of them", "it holds a comment"),
    ("pytest | tee log", "it holds the operator |"),
    ("pytest || true", "it holds the operator ||"),
    ("server &", "it holds the operator &"),
    ("(cd app && pytest)", "it holds the operator ("),
    ("for one in a b; do pytest; done", "it ends with done"),
    ("pytest;", "it does not end with a command"),
    ("> log", "it does not end with a command"),
    ("NAME=value", "it does not end with a command"),
    ("pytest $(cat names)", "it holds the output of another command, $(...)"),
    ("pytest 'x", "its quotes are not closed"),
    ("pytest \\", "it ends with a backslash"),
    ("pytest \\\n", "it ends with a backslash"),
    ("", "it is empty"),
])
def test_a_command_that_can_not_take_arguments_says_why(text: str, reason: str) -> None:
    with pytest.raises(ValueError) as refused:
        with_arguments(text, ["-k", "pages"])
    assert str(refused.value) == reason
