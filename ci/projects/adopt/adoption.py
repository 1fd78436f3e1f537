"""`ci adopt`: the tool, a definition and the engines' files for a project that exists, worked out before it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ci import definition, generate, plan
from ci.adapters import OWNERSHIP
from ci.errors import CiError, UsageError
from ci.process import run
from ci.projects import choices, texts, tool
from ci.projects.adopt.definition import definition_text
from ci.projects.adopt.findings import Remark
from ci.projects.adopt.place import default_branch, project_at
from ci.projects.adopt.report import report
from ci.projects.adopt.survey import Survey, survey
from ci.projects.adopt.tree import Tree
from ci.projects.changes import Changes
from ci.projects.template import DEFINITION
from ci.projects.tool import Pin

_DEPENDABOT = (".github/dependabot.yml", ".github/dependabot.yaml")

#: What runs leave in a project.
_LEFT = ("var", "reports")


@dataclass(frozen=True)
class Adoption:
    """What was found of a project, and what is to be done to its repository; ``remarks`` are those of the engines."""

    found: Survey
    changes: Changes
    remarks: tuple[Remark, ...]

    def report(self) -> str:
        """All of it for people."""
        return report(self.found, [line.strip() for line in self.changes.lines()], more=self.remarks)


@dataclass(frozen=True)
class Answers:
    """What is to be said of a project: its ``name``, default ``branch``, Pythons (none: those found) and engines."""

    name: str
    branch: str
    pythons: tuple[str, ...] = ()
    engines: tuple[str, ...] = choices.ENGINES


@dataclass(frozen=True)
class Project:
    """The project at ``tree``, and what was ``found`` of it."""

    tree: Tree
    found: Survey

    @property
    def suggested(self) -> Answers:
        """What it says of itself."""
        return Answers(self.found.name, default_branch(self.tree.top))


def look(here: Path, *, force: bool = False) -> Project:
    """The project around ``here``. Raises UsageError where nothing can be adopted (``force``: a second time)."""
    tree = project_at(here, force=force)
    return Project(tree, survey(tree))


def prepare(project: Project, answers: Answers, *, must: bool = False, force: bool = False) -> Adoption:
    """The adoption of a project.

    Engines whose files would replace the project's own are left out and remarked upon; they are an error if they
    ``must`` get files, and with ``force`` they get them. Raises UsageError, also for a file that is in the way.
    """
    top, found = project.tree.top, project.found
    has_dependabot = any(_is_theirs(top / path) for path in _DEPENDABOT)

    def text(targets: tuple[str, ...]) -> str:
        return definition_text(
            found, name=answers.name, branch=answers.branch, targets=targets, pythons=answers.pythons,
            dependabot=not has_dependabot,
        )

    possible, remarks = _possible(top, text(answers.engines), answers.engines, force=force, must=must)
    files = {DEFINITION: text(possible).encode(), **_tool_files(), **_generated(top, text(possible), possible)}
    files |= _ignoring(top, files)
    return Adoption(found, Changes(top, files, frozenset(tool.wheels(top)).difference(files)), remarks)


def _is_theirs(path: Path) -> bool:
    return path.is_file() and OWNERSHIP.encode() not in path.read_bytes()


def _possible(
    top: Path, text: str, wanted: tuple[str, ...], *, force: bool, must: bool
) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """The engines whose files can be written, and why the others' can't. With ``must`` that is an error."""
    loaded = definition.parse(text)
    possible, remarks = [], []
    for engine in wanted:
        try:
            changes = [one for part in _of_engine(top, loaded, engine) for one in part.changes]
        except CiError as error:
            if must:
                raise
            remarks.append(Remark(engine, f"its files can't be written: {error}", _later(engine)))
            continue
        foreign = [change.path for change in changes if not change.is_ours]
        if foreign and must and not force:
            raise UsageError(f"{', '.join(foreign)}: the project's own; move it away, or replace it with --force")
        if foreign and not force:
            reason = f"{', '.join(foreign)} is the project's own, so nothing is written for {engine}"
            remarks.append(Remark(engine, reason, _later(engine)))
            continue
        possible.append(engine)
    return tuple(possible), tuple(remarks)


def _later(engine: str) -> str:
    return f'once it is moved away, add "{engine}" to `targets`, then run: ci generate'


def _of_engine(top: Path, loaded: definition.Definition, engine: str) -> list[generate.Generated]:
    return generate.generate(top, loaded, plan.compile(loaded.pipeline), (engine,))


def _generated(top: Path, text: str, engines: Sequence[str]) -> dict[str, bytes]:
    loaded = definition.parse(text)
    parts = [part for engine in engines for part in _of_engine(top, loaded, engine)]
    return {path: content.encode() for part in parts for path, content in part.files.items()}


def _tool_files() -> dict[str, bytes]:
    """The tool with a lock of its own: it shares no package with the project."""
    made = tool.running()
    pin = Pin(made.version, (made.sha256,))
    lock = tool.lock(texts.read("tool-lock.txt"), pin, "kept", path=tool.OWN_LOCK)
    return {**tool.files(made, "kept"), tool.OWN_LOCK: lock.encode()}


def _ignoring(top: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """.gitignore with what it lacks: what runs leave is ignored, and no file of the adoption is."""
    lines = [f"/{folder}/" for folder in _LEFT if not _is_ignored(top, f"{folder}/x")]
    lines += [f"!/{path}" for path in files if _is_ignored(top, path)]
    path = top / ".gitignore"
    old = path.read_bytes() if path.is_file() else b""
    end = b"\r\n" if b"\r\n" in old else b"\n"
    gap = end if old and not old.endswith(b"\n") else b""
    return {".gitignore": old + gap + b"".join(line.encode() + end for line in lines)} if lines else {}


def _is_ignored(top: Path, path: str) -> bool:
    return run(["git", "check-ignore", "--quiet", "--no-index", path], cwd=top, check=False).exit_code == 0
