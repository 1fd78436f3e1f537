"""Requirements: lists of packages in files, groups and extras, and which of them are for tests."""

import posixpath
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from ci.projects.adopt.settings import Settings, texts
from ci.projects.adopt.tree import Tree

#: What people call the packages that a project is checked with.
FOR_TESTS = re.compile(r"(dev|develop|development|test|tests|testing|lint|linting|check|checks|qa|typing|ci)")
_FILE = re.compile(r"(?:requirements/)?(?:(?:requirements[-_.]?)?([a-z]*)|([a-z]+)[-_.]requirements)\.txt")
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]*(\S+)")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


class RequirementsFile(Struct, frozen=True):
    """A file for pip with all that it includes.

    ``files`` are it and those, ``packages`` the names that are listed; ``installs_project``: it names the folder.
    """

    name: str
    files: tuple[str, ...]
    packages: frozenset[str]
    installs_project: bool


def normal(name: str) -> str:
    """The name of a package as the index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def names_of(requirements: Iterable[str]) -> frozenset[str]:
    """The packages of requirements as ``flask[async]>=3; python_version > "3"`` or ``name @ url``."""
    found = (_NAME.match(text.strip()) for text in requirements)
    return frozenset(normal(match[0]) for match in found if match)


def read_file(tree: Tree, name: str) -> RequirementsFile:
    """A requirements file and, once each, the files that it includes."""
    files, lines = [name], list[str]()
    for file in files:  # grows
        for line in re.sub(r"\\\n", " ", tree.text(file)).splitlines():
            line = re.sub(r"(^|\s)#.*", "", line).strip()
            lines.append(line)
            if included := _INCLUDE.match(line):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(file), included[1]))
                files += [path] if tree.has(path) and path not in files else []
    installs = any(re.fullmatch(r"(?:-e|--editable)?[ =]*(\.|file:\.)(\[.*\])?", line) for line in lines if line)
    packages = names_of(line for line in lines if not line.startswith("-") and "://" not in line.split(" @ ")[0])
    return RequirementsFile(name, tuple(files), packages, installs)


def chosen_files(tree: Tree) -> tuple[RequirementsFile, ...]:
    """What pip has to be given: the project's own packages and those of its tests, no file that another includes."""
    found: list[RequirementsFile] = []
    for name in tree.files:
        match = _FILE.fullmatch(name)
        kind = (match[1] or match[2] or "") if match else ""
        if match and (name.startswith("requirements") or match[2]) and _is_wanted(kind):
            found.append(read_file(tree, name))
    included = {file for one in found for file in one.files[1:]}
    return tuple(sorted((one for one in found if one.name not in included), key=lambda one: len(one.name)))


def _is_wanted(kind: str) -> bool:
    return kind in ("", "requirements", "base", "main", "common") or bool(FOR_TESTS.fullmatch(kind))


def groups_of(settings: Settings) -> Mapping[str, frozenset[str]]:
    """The dependency groups (PEP 735) and the packages of each, included groups too."""
    table = settings.table("dependency-groups")
    return {name: names_of(_group(table, name, ())) for name in table}


def _group(table: Mapping[str, object], name: str, seen: tuple[str, ...]) -> tuple[str, ...]:
    entries = table.get(name)
    if name in seen or not isinstance(entries, list):
        return ()
    included = [entry.get("include-group") for entry in entries if isinstance(entry, Mapping)]
    inner = (_group(table, other, (*seen, name)) for other in included if isinstance(other, str))
    return (*texts(entries), *(text for group in inner for text in group))


def extras_of(settings: Settings) -> Mapping[str, frozenset[str]]:
    """The extras and the packages of each: of pyproject.toml, else of setup.py or setup.cfg."""
    table = settings.table("project", "optional-dependencies") or settings.setup.get("extras_require")
    if isinstance(table, Mapping) and table:
        return {name: names_of(texts(entries)) for name, entries in table.items()}
    section = settings.section("options.extras_require", "setup.cfg")[1]
    return {name: names_of(value.splitlines()) for name, value in section.items()}
