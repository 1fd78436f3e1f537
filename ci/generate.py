"""Plan -> files, through the adapters: what would be written, what differs, what is stale, and writing it."""

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from ci import adapters, toml_lines
from ci.checks import Problem
from ci.definition import Definition
from ci.errors import LostMeaningError, UsageError
from ci.plan import Plan

_HEADER_LINES = 5


class Change(Struct, frozen=True, order=True):
    """A file that is not as it should be: ``old`` is None where it doesn't exist, ``new`` is None where it is stale."""

    path: str
    old: str | None
    new: str | None

    @property
    def is_ours(self) -> bool:
        """Whether the file as it stands was written by this tool (or doesn't exist)."""
        return self.old is None or _is_ours(self.old)


class Generated(Struct, frozen=True):
    """What one engine's adapter made (``files``: text by path), held against the checkout."""

    engine: str
    title: str
    files: dict[str, str]
    changes: tuple[Change, ...]
    notes: tuple[adapters.Note, ...]

    @property
    def is_new(self) -> bool:
        """Whether none of the engine's files is there yet."""
        return set(self.files) <= {change.path for change in self.changes if change.old is None}


def generate(root: Path, definition: Definition, plan: Plan, engines: Iterable[str] = ()) -> list[Generated]:
    """What the definition's engines (or only ``engines``) have to say, compared with the files at ``root``.

    Without ``engines``, files of ours for a built-in engine that is no target any more are stale too.
    Raises UsageError for an engine without adapter or a file that can't be, DefinitionError for wrong settings.
    """
    given = tuple(engines)
    names = tuple(dict.fromkeys(given or definition.pipeline.targets))
    _refuse_unknown(definition, given)
    generated = [_one(root, definition, plan, name) for name in names]
    _refuse_shared(generated)
    if not given:
        generated += [_dropped(root, name) for name in adapters.BUILT_IN if name not in names and _may_own(root, name)]
    return [one for one in generated if one.files or one.changes]


def _refuse_unknown(definition: Definition, given: tuple[str, ...]) -> None:
    """A misspelt engine would lose its files or its settings without a word."""
    targets = definition.pipeline.targets
    known = {*adapters.BUILT_IN, *given}
    places: list[tuple[toml_lines.Path, str]] = [(("targets", index), name) for index, name in enumerate(targets)]
    places += [(("target", name), name) for name in definition.pipeline.target if name not in targets]
    problems = []
    for place, name in places:
        try:
            if name not in known:
                adapters.find(name)
        except UsageError as error:
            problems.append(Problem(place, str(error)))
    if problems:
        raise definition.error(problems)


def _refuse_shared(generated: Iterable[Generated]) -> None:
    writers: dict[str, str] = {}
    for one in generated:
        for path in one.files:
            if writers.setdefault(path, one.engine) != one.engine:
                raise UsageError(f"{writers[path]} and {one.engine} both write {path}; generate one of them only")


def _one(root: Path, definition: Definition, plan: Plan, name: str) -> Generated:
    adapter = adapters.find(name)
    current = _current(root, adapter.OWNS)
    rendered = adapter.render(plan, definition.engine_options(name, adapter.Options), current)
    for path in rendered.files:
        _check_possible(root, path)
        if path not in current and (root / path).exists():
            current[path] = _read(root / path)
    wanted = rendered.files.items()
    changes = [Change(path, current.get(path), text) for path, text in wanted if current.get(path) != text]
    changes += [
        Change(path, text, None) for path, text in current.items() if path not in rendered.files and _is_ours(text)
    ]
    return Generated(name, adapter.TITLE, rendered.files, tuple(sorted(changes)), rendered.notes)


def _may_own(root: Path, name: str) -> bool:
    """Whether a file stands where a built-in adapter writes; asked before the adapter is imported."""
    file = adapters.ON_REQUEST.get(name)
    return file is None or (root / file).exists()


def _dropped(root: Path, name: str) -> Generated:
    adapter = adapters.find(name)
    stale = [Change(path, text, None) for path, text in _current(root, adapter.OWNS).items() if _is_ours(text)]
    return Generated(name, adapter.TITLE, {}, tuple(sorted(stale)), ())


def refuse_lost(generated: Iterable[Generated]) -> None:
    """``--strict``: raises LostMeaningError that lists every meaning that an engine loses."""
    notes = [(one.engine, note) for one in generated for note in one.notes]
    lost = [f"{engine}: {note.construct}: {note.text}" for engine, note in notes if note.kind == "lost"]
    if lost:
        raise LostMeaningError("--strict: meaning is lost:\n  " + "\n  ".join(lost))


def write(root: Path, changes: Iterable[Change], *, force: bool = False) -> None:
    """Write, replace and remove files. Each file changes in one step.

    Raises UsageError, before anything is written, if a file that isn't ours would be overwritten without ``force``;
    and if the system refuses a file.
    """
    changes = tuple(changes)
    foreign = [change.path for change in changes if not change.is_ours]
    if foreign and not force:
        raise UsageError(
            f"not written by ci generate, so left alone: {', '.join(foreign)}\n"
            "look at each; then remove it, or run: ci generate --force"
        )
    for change in changes:
        try:
            _write_one(root / change.path, change.new)
        except OSError as error:
            message = f"can't write {change.path}: {error.strerror}; mend that, then run again: ci generate"
            raise UsageError(message) from None


def _write_one(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        if text.startswith("#!"):
            beside.chmod(0o755)
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def diff(changes: Iterable[Change]) -> str:
    """A unified diff from the files as they stand to what the definition says."""
    from difflib import unified_diff  # only when something differs

    lines: list[str] = []
    for change in changes:
        old, new = (change.old or "").splitlines(keepends=True), (change.new or "").splitlines(keepends=True)
        before = "/dev/null" if change.old is None else f"a/{change.path}"
        after = "/dev/null" if change.new is None else f"b/{change.path}"
        for line in unified_diff(old, new, before, after):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


def _current(root: Path, patterns: Iterable[str]) -> dict[str, str]:
    found = (path for pattern in patterns for path in root.glob(pattern) if path.is_file())
    return {path.relative_to(root).as_posix(): _read(path) for path in sorted(found)}


def _read(path: Path) -> str:
    return path.read_bytes().decode("utf-8", errors="replace")


def _is_ours(text: str) -> bool:
    return any(adapters.OWNERSHIP in line for line in text.splitlines()[:_HEADER_LINES])


def _check_possible(root: Path, path: str) -> None:
    """An adapter of another package, or a link in the checkout, must not lead outside."""
    target = os.path.realpath(root / path)
    if not Path(target).is_relative_to(os.path.realpath(root)):
        raise UsageError(f"the generated file {path} would be outside of the checkout; nothing was written")
    if os.path.lexists(target) and not os.path.isfile(target):
        raise UsageError(f"{path} is no ordinary file, and ci generate writes one of that name; move it away")
