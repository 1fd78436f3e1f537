"""Arguments for a command that is shell text: whether they would reach its last command, and the text with them."""

import re
import shlex
from collections.abc import Sequence

#: What puts another command behind one. Behind ``|`` and ``||`` it is none that an argument would be meant for.
_NEXT = ("&&", ";")
_REDIRECTIONS = ("<", ">", ">>", ">|", "<>", ">&", "<&")
#: Words that end a compound command (POSIX, Shell Command Language, 2.4).
_CLOSING = ("}", "fi", "done", "esac")
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*", re.DOTALL)


def with_arguments(text: str, arguments: Sequence[str]) -> str:
    """``text`` with ``arguments`` as further words of its last command, quoted.

    Raises ValueError, which says why, where they would not arrive there for certain.
    """
    if reason := _refusal(text):
        raise ValueError(reason)
    return f"{text.rstrip()} {shlex.join(arguments)}"


def _refusal(text: str) -> str | None:
    """Why ``text`` takes no arguments. Doubtful texts are refused too: this reads words, it is no shell."""
    line = text.strip().replace("\\\n", "")
    if "\n" in line:
        return "it has several lines"
    if line.endswith("\\"):
        return "it ends with a backslash"
    if "`" in line or "$(" in line:
        return "it holds the output of another command, $(...)"
    try:
        words = _words(line)
    except ValueError:
        return "its quotes are not closed"
    if any(word.startswith("#") for word in words):
        return "it holds a comment"
    return _refusal_of_words(words)


def _words(line: str) -> list[str]:
    """The words and operators of ``line``. Raises ValueError for an open quote."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split, lexer.commenters = True, ""
    return list(lexer)


def _refusal_of_words(words: Sequence[str]) -> str | None:
    if not words:
        return "it is empty"
    operators = [word for word in words if word and set(word) <= set("();<>|&")]
    other = next((word for word in operators if word not in (*_NEXT, *_REDIRECTIONS)), None)
    if other:
        return f"it holds the operator {other}"
    if words[-1] in _CLOSING:
        return f"it ends with {words[-1]}"
    start = max((index for index, word in enumerate(words) if word in _NEXT), default=-1) + 1
    return None if _has_command(words[start:]) else "it does not end with a command"


def _has_command(words: Sequence[str]) -> bool:
    """Whether there is a word beside assignments and redirections, and none of these is incomplete."""
    if not words or words[-1] in _REDIRECTIONS:
        return False
    named = [word for before, word in zip(("", *words), words) if before not in _REDIRECTIONS]
    return any(word not in _REDIRECTIONS and not _ASSIGNMENT.fullmatch(word) for word in named)
