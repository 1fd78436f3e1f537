"""Tests of what every adapter promises, for the adapters of this package and for a stranger's.

Derive a class from ``Promises`` in a test module, and pytest runs them; ``docs/adding-an-engine.md`` shows one.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from ci import adapters, plan
from ci.adapters.testing import variations
from ci.adapters.testing.hostile import HOSTILE
from ci.adapters.testing.jobs import (
    JobAsRead,
    command_of_whole_job,
    commands_in_environment,
    commands_of_steps,
    plans_with,
)
from ci.adapters.validators import Validator
from ci.errors import CiError

__all__ = [
    "HOSTILE",
    "JobAsRead",
    "Promises",
    "command_of_whole_job",
    "commands_in_environment",
    "commands_of_steps",
    "files_of_full",
    "plans_with",
    "write",
]

#: Lines at the top of a file in which the ownership has to stand.
_HEADER_LINES = 5

_PRINT_FILES = """
import importlib, json, sys
from ci.adapters import testing
name, options = json.loads(sys.argv[1])
sys.stdout.write(repr(testing.files_of_full(importlib.import_module(name), options)))
"""


def files_of_full(adapter: Any, options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The files of the full definition, in the adapter's order."""
    return list(adapter.render(variations.full(), msgspec.convert(options, adapter.Options), {}).files.items())


class Promises:
    """What an adapter promises. Set ``engine``, and ``options`` where it needs some; write ``read``."""

    #: The engine's name in ``targets``.
    engine: ClassVar[str]

    #: ``[target.<engine>]``. The kit's definitions have a job that ``runs-on`` "arm", the others run on "linux".
    options: ClassVar[Mapping[str, Any]] = {}

    #: Keys of the definition that the engine needs no word about = why. ``job.cache`` is all of that table, and
    #: ``job.artifacts.*`` the names in it.
    exempt: ClassVar[Mapping[str, str]] = {}

    #: Texts that the engine can't have as a command or variable, and that the adapter refuses with a CiError.
    refused: ClassVar[tuple[str, ...]] = ()

    def commands(self, job: plan.Job) -> tuple[str, ...]:
        """What the engine hands to its shell for a job: the answer of one of the functions `command...`."""
        return commands_of_steps(job)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """The jobs in generated files, by the plan's name (``test (3.13)``) or slug (``test-3.13``).

        Read them as the engine does: with its parser, and its rules for escapes.
        """
        raise NotImplementedError("write `read`, so that commands can be compared with the plan")

    @property
    def adapter(self) -> adapters.Adapter:
        """The module."""
        return adapters.find(self.engine)

    def render(self, found: plan.Plan, current: Mapping[str, str] = {}) -> adapters.Rendered:
        """The files of a plan with the engine's ``options``."""
        return self.adapter.render(found, msgspec.convert(self.options, self.adapter.Options), current)

    def test_every_key_of_the_definition_is_mapped_or_noted(self) -> None:
        """Another value gives other files; where not, a note says that the key is there, or ``exempt`` says why not."""
        _none(self._unaccounted())

    def test_every_file_says_who_owns_it(self) -> None:
        """In its first lines: without that ``ci generate`` would not dare to replace it."""
        for path, text in self.render(variations.full()).files.items():
            if not any(adapters.OWNERSHIP in line for line in text.splitlines()[:_HEADER_LINES]):
                raise AssertionError(f"{path}: adapters.OWNERSHIP is not in the first {_HEADER_LINES} lines")

    def test_every_file_is_found_again(self) -> None:
        """By the patterns of ``OWNS``, in the checkout."""
        files = self.render(variations.full()).files
        with tempfile.TemporaryDirectory() as folder:
            write(files, Path(folder))
            found = {path for pattern in self.adapter.OWNS for path in Path(folder).glob(pattern)}
            _none(f"OWNS does not cover {path}" for path in files if Path(folder, path) not in found)

    def test_files_are_plain_texts(self) -> None:
        """Lines end with a newline, the last one too; nobody's folders are in it."""
        machine = {os.getcwd(), str(Path.home()), sys.prefix, str(Path(adapters.__file__).parents[2])} - {"/"}
        for path, text in self.render(variations.full()).files.items():
            if "\r" in text or not text.endswith("\n") or text.endswith("\n\n"):
                raise AssertionError(f"{path}: lines have to end with \\n, and the file with one of them")
            _none(f"{path} holds a path of this machine: {folder}" for folder in machine if folder in text)

    def test_every_note_stands_in_a_file(self) -> None:
        """So that whoever opens it knows; ``adapters.header`` does that."""
        rendered = self.render(variations.full())
        text = "\n".join(rendered.files.values())
        for note in rendered.notes:
            if note.kind not in ("lost", "approximated", "manual-setup"):
                raise AssertionError(f"{note}: no such kind")
            if note.text not in text and note.text.replace("\\", "\\\\") not in text:
                raise AssertionError(f"{note}: its text stands in no file; use adapters.header(notes)")

    def test_a_note_names_what_the_reader_knows(self) -> None:
        """A stage or job of the definition, or the whole pipeline."""
        whole = variations.full()
        known = {"", *(stage.name for stage in whole.stages)}
        known |= {name for job in whole.jobs for name in (job.name, job.group, job.slug)}
        notes = self.render(whole).notes
        _none(f"{note}: {note.place!r} is no stage and no job" for note in notes if note.place not in known)

    def test_the_same_plan_gives_the_same_files(self) -> None:
        """In another folder, with another environment and other hashes."""
        name = getattr(self.adapter, "__name__", "")
        argument = msgspec.json.encode([name, self.options]).decode()
        env = {"PATH": os.environ.get("PATH", ""), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C", "CI": "1"}
        with tempfile.TemporaryDirectory() as folder:
            env |= {"PYTHONPATH": os.pathsep.join(os.path.abspath(path) for path in sys.path), "HOME": folder}
            command = [sys.executable, "-c", _PRINT_FILES, argument]
            ended = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", timeout=60)
        if ended.stdout != repr(files_of_full(self.adapter, self.options)):
            raise AssertionError(f"the files differ elsewhere:\n{ended.stdout}\n{ended.stderr}")

    def test_files_as_they_stand_stay_as_they_are(self) -> None:
        """``current`` holds what was written: nothing to change."""
        first = self.render(variations.full())
        if self.render(variations.full(), first.files) != first:
            raise AssertionError("with its own files as `current` the adapter writes others")

    def test_commands_and_variables_arrive_unchanged(self) -> None:
        """The full definition's, as ``read`` finds them."""
        _none(self._differences(variations.full()))

    def test_a_job_that_is_left_out_is_noted_as_lost(self) -> None:
        """Whatever its condition is: where the engine can never run it, a note names the job or its stage."""
        for found in (one.plan for one in variations.variations() if ".when." in one.key):
            rendered = self.render(found)
            read = self.read(rendered.files)
            lost = {note.place for note in rendered.notes if note.kind == "lost"}
            for job in found.jobs:
                if not {job.name, job.slug} & read.keys() and not {job.name, job.group, job.stage} & lost:
                    raise AssertionError(f"{job.name} is left out, and no note of the kind `lost` names it")

    def test_hostile_texts_arrive_unchanged(self) -> None:
        """As a command, as an argument, and in the environment; or the adapter refuses them in words."""
        for text in HOSTILE:
            for found in plans_with(text):
                try:
                    _none(self._differences(found))
                except CiError:
                    if text not in self.refused:
                        raise

    def test_rules_of_the_adapter_find_nothing_in_its_files(self) -> None:
        """What ``ci check`` runs without other programs; nothing where the adapter offers no ``validators``."""
        offered: tuple[Validator, ...] = getattr(self.adapter, "validators", tuple)()
        with tempfile.TemporaryDirectory() as folder:
            write(self.render(variations.full()).files, Path(folder))
            for validator in offered:
                if validator.in_process and not validator.missing():
                    _none(f"{validator.name}: {finding}" for finding in validator.check(Path(folder)))

    def _differences(self, found: plan.Plan) -> Iterator[str]:
        read = self.read(self.render(found).files)
        for job in found.jobs:
            there = read.get(job.name, read.get(job.slug))
            if there is None:
                yield f"{job.name}: `read` found only {', '.join(read)}"
                continue
            if there.commands != (expected := self.commands(job)):
                yield f"{job.name}: the commands are\n{there.commands!r}\nand not\n{expected!r}"
            if there.env != job.env:
                yield f"{job.name}: the environment is\n{there.env!r}\nand not\n{job.env!r}"

    def _unaccounted(self) -> Iterator[str]:
        found = variations.variations()
        known = {one.key for one in found}
        wrong = [key for key in sorted(self.exempt) if not any(_belongs(one, key) for one in known)]
        yield from (f"exempt: {key}: there is no such key" for key in wrong)
        base = self._outcome(variations.full())
        silent: dict[str, str] = {}
        for one in found:
            if one.plan != variations.full() and not self._is_heard(one, base):
                silent[one.key] = f"{one.key}: neither mapped nor noted: {one.words} changes nothing"
        for key, text in silent.items():
            if not any(_belongs(key, one) for one in self.exempt):
                yield text
        for key in sorted(self.exempt.keys() - set(wrong)):
            if not any(_belongs(one, key) for one in silent):
                yield f"exempt: {key}: it does change the files, so take it out"

    def _is_heard(self, one: variations.Variation, base: tuple[Any, Any]) -> bool:
        if self._outcome(one.plan) != base:
            return True
        return one.without is not None and self._outcome(one.without)[1] != base[1]

    def _outcome(self, found: plan.Plan) -> tuple[Any, Any]:
        """Files and notes, or the words of a refusal."""
        try:
            rendered = self.render(found)
        except CiError as error:
            return str(error), str(error)
        return rendered.files, rendered.notes


def _belongs(key: str, table: str) -> bool:
    return key == table or key.startswith(f"{table}.")


def write(files: Mapping[str, str], folder: Path) -> None:
    """Write generated files into an empty folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
        if text.startswith("#!"):
            (folder / path).chmod(0o755)


def _none(problems: Iterator[str] | list[str]) -> None:
    found = list(problems)
    if found:
        raise AssertionError("\n".join(found))
