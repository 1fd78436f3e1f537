"""What a new project is to be: what `ci new` asks, and the answers that it takes without being told."""

import re
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from ci import model, values
from ci.errors import UsageError, did_you_mean

Word = TypeVar("Word", bound=str)

Deploy = Literal["server", "heroku", "none"]
Tool = Literal["kept", "index"]

DEPLOYS: tuple[Deploy, ...] = ("server", "heroku", "none")
TOOLS: tuple[Tool, ...] = ("kept", "index")

#: Engines that are offered first; any other of the tool's can be named too.
ENGINES = ("github", "jenkins")

PYTHON = "3.13"
_OLDEST = (3, 11)

#: A name that is one for a distribution, a folder, a Heroku app and a file.
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_NAME = 30


@dataclass(frozen=True)
class Choices:
    """The answers. ``pythons`` are versions as ``3.13``, oldest first; the last one is what the app runs on."""

    name: str
    engines: tuple[str, ...] = ENGINES
    deploy: Deploy = "server"
    pythons: tuple[str, ...] = (PYTHON,)
    branch: str = "main"
    benchmarks: bool = True
    tool: Tool = "kept"

    @property
    def python(self) -> str:
        """The Python that the app runs on."""
        return self.pythons[-1]


def name(text: str) -> str:
    """``text`` if it can be a project's name. Raises UsageError."""
    if not _NAME.fullmatch(text) or len(text) > _LONGEST_NAME:
        raise UsageError(
            f"{text!r} can't be a project's name: at most {_LONGEST_NAME} small letters, digits and single hyphens, "
            "first a letter, as in shop or my-shop"
        )
    return text


def name_from(folder: str) -> str:
    """The name that a project in a ``folder`` of this name has unless somebody says another."""
    words = re.sub(r"[^a-z0-9]+", "-", folder.lower()).lstrip("-0123456789")
    return words[:_LONGEST_NAME].rstrip("-") or "app"


def pythons(text: str) -> tuple[str, ...]:
    """The versions in a text as ``3.12,3.13``, oldest first. Raises UsageError."""
    versions = _listed(text, "--python", "3.13 or 3.12,3.13")
    for version in versions:
        if not re.fullmatch(r"3\.[0-9]{1,2}", version) or _numbers(version) < _OLDEST:
            raise UsageError(f"--python {version}: write a version from 3.11 on, as 3.13")
    return tuple(sorted(versions, key=_numbers))


def engines(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The engines in a text as ``github,jenkins``, of those ``known``. Raises UsageError."""
    named = _listed(text, "--engines", "github,jenkins")
    for engine in named:
        if engine not in known:
            advice = did_you_mean(engine, known) or f"there are {', '.join(known)}"
            raise UsageError(f"there is no engine {engine!r}; {advice}")
    return named


def deploy(text: str) -> Deploy:
    """The place in ``text``. Raises UsageError."""
    return _one_of(text, DEPLOYS, "--deploy")


def tool(text: str) -> Tool:
    """Where the tool comes from, as ``text`` says. Raises UsageError."""
    return _one_of(text, TOOLS, "--tool")


def yes(text: str) -> bool:
    """Whether ``text`` says yes. Raises UsageError."""
    return _one_of(text.lower()[:1], ("y", "n"), "an answer") == "y"


def pipeline_name(text: str) -> str:
    """``text`` if it can be the name of a pipeline. Raises UsageError."""
    try:
        return msgspec.convert(text, model.PipelineName)
    except msgspec.ValidationError:
        raise UsageError(f"{text!r} can't be a pipeline's name: letters, digits, blanks and . _ -") from None


def branch(text: str) -> str:
    """``text`` if it can be a branch's name. Raises UsageError."""
    try:
        found = msgspec.convert(text, model.BranchName)
    except msgspec.ValidationError:
        raise UsageError(f"{text!r} can't be a branch here: letters, digits and . _ / + -, as in main") from None
    if not values.is_ref(found):
        raise UsageError(f"{text!r} can't be a branch: git refuses that name")
    return found


def _one_of(text: str, known: tuple[Word, ...], what: str) -> Word:
    for word in known:
        if text == word:
            return word
    raise UsageError(f"{what} is one of {', '.join(known)}, not {text!r}")


def _listed(text: str, option: str, example: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not found:
        raise UsageError(f"{option} names nothing; write {example}")
    return found


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
