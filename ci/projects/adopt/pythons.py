"""Which Pythons a project says it is for, and which of them its jobs get."""

import re
from collections.abc import Iterable

from msgspec import Struct

from ci.projects.adopt.findings import Remark
from ci.projects.adopt.settings import Settings, texts
from ci.projects.adopt.tree import Tree

#: Where a project says nothing.
DEFAULT = "3.13"

#: What the tool itself runs on, and so what a job with reports has to be, to the newest release.
SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
_OLDER = ("3.6", "3.7", "3.8", "3.9", "3.10")

#: Files that name the one Python that an app is run with.
_OF_THE_APP = {
    ".python-version": r"^(?:cpython-)?(3\.\d+)",
    "runtime.txt": r"^python-(3\.\d+)",
    "Pipfile": r"^python_(?:full_)?version *= *[\"'](3\.\d+)",
    "Dockerfile": r"(?im)^FROM (?:--\S+ )?(?:\S+/)?python:(3\.\d+)",
}
_IN_WORKFLOW = re.compile(
    r"""python(?:-version)?s?:\s*(\[[^\]]*\]|(?:\n\s*-\s*["']?3\.\d+["']?)+|["']?3\.\d+)""", re.IGNORECASE
)
_BOUND = re.compile(r"(>=|<=|==|!=|~=|>|<|\^|~)? *v?(3(?:\.\d+)?)(?:\.(\d+|\*))?")


class Pythons(Struct, frozen=True):
    """``default`` is for every job, ``matrix`` for the tests; empty where they run with the default alone."""

    default: str
    matrix: tuple[str, ...] = ()


def choose(tree: Tree, settings: Settings, listed: Iterable[str]) -> tuple[Pythons, tuple[Remark, ...]]:
    """The Pythons of the jobs. ``listed`` are versions that tox or nox test with, beside those of the classifiers."""
    allowed = [version for version in (*_OLDER, *SUPPORTED) if fits(version, _required(settings))]
    in_workflows = _of_workflows(tree)
    listed = (*listed, *_classified(settings), *(in_workflows if len(in_workflows) > 1 else ()))
    declared = [version for version in listed if version in allowed]
    tested = sorted(set(declared) & set(SUPPORTED), key=SUPPORTED.index)
    old = sorted(set(declared) & set(_OLDER), key=_OLDER.index)
    possible = [version for version in allowed if version in SUPPORTED] or allowed or [DEFAULT]
    newest = tested[-1] if tested else DEFAULT if DEFAULT in possible else possible[-1]
    own = _of_the_app(tree) or (in_workflows[0] if len(in_workflows) == 1 else "")
    default = own if own in possible else newest
    return Pythons(default, tuple(tested) if len(tested) > 1 else ()), _too_old(old, default)


def _too_old(old: list[str], default: str) -> tuple[Remark, ...]:
    if default not in SUPPORTED:
        reason = f"older than {SUPPORTED[0]}, which reports of a job need: its tests run without a report"
        return (Remark(f"Python {default}", reason, f"once the project runs on {SUPPORTED[0]}, adopt again"),)
    if not old:
        return ()
    reason = f"declared, but a job with reports needs {SUPPORTED[0]} or newer"
    return (Remark(f"Python {', '.join(old)}", reason, "add a stage without `reports` that tests it"),)


def _required(settings: Settings) -> str:
    """What the project says of the Pythons that it works with; "" is any."""
    poetry = settings.table("tool", "poetry", "dependencies").get("python")
    found = settings.text("project", "requires-python") or (poetry if isinstance(poetry, str) else "")
    found = found or settings.section("options", "setup.cfg")[1].get("python_requires", "")
    return found or str(settings.setup.get("python_requires", ""))


def fits(version: str, required: str) -> bool:
    """Whether a minor version, as "3.12", is one that ``required`` allows: ``>=3.9,<4``, ``^3.11``, ``~3.12``."""
    return all(_holds(_number(version), part) for part in required.split(",") if part.strip())


def _holds(minor: int, part: str) -> bool:
    found = _BOUND.fullmatch(part.strip())
    if not found:
        return True  # as "<4"; or something that we don't know, and need not judge
    sign, patch, bound = found[1] or "==", found[3], _number(found[2])
    if sign == "~=" and not patch:
        sign = "^"
    return {
        ">=": minor >= bound, "^": minor >= bound, ">": minor > bound or bool(patch) and minor == bound,
        "<=": minor <= bound, "<": minor < bound or bool(patch) and patch != "0" and minor == bound,
        "==": minor == bound, "~=": minor == bound, "~": minor == bound,
        "!=": minor != bound or patch not in (None, "*"),
    }[sign]


def _number(version: str) -> int:
    return int(version.partition(".")[2] or 0)


def _classified(settings: Settings) -> list[str]:
    classifiers = texts(settings.table("project").get("classifiers"))
    classifiers += texts(settings.table("tool", "poetry").get("classifiers"))
    classifiers += tuple(settings.section("metadata", "setup.cfg")[1].get("classifiers", "").splitlines())
    classifiers += texts(settings.setup.get("classifiers"))
    found = (re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", text.strip()) for text in classifiers)
    return [match[1] for match in found if match]


def _of_workflows(tree: Tree) -> tuple[str, ...]:
    """The versions that the project's own workflows name, each once."""
    texts = (text for _name, text in tree.texts(tree.matching(".github/workflows/*.y*ml")))
    named = (found for text in texts for found in _IN_WORKFLOW.findall(text))
    return tuple(dict.fromkeys(version for found in named for version in re.findall(r"3\.\d+", found)))


def _of_the_app(tree: Tree) -> str:
    for name, pattern in _OF_THE_APP.items():
        if found := re.search(pattern, tree.text(name), re.MULTILINE):
            return found[1]
    return ""
