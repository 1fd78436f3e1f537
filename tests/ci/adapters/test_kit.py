"""The kit of `ci.adapters.testing` knows every key of the model, and notices an adapter that breaks a promise."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from msgspec import Struct

from ci import adapters, model, plan
from ci.adapters import Note, Rendered, testing
from ci.adapters.testing import JobAsRead, variations
from ci.errors import DefinitionError

#: What these say is done before the plan, or is for other parts of the tool.
NOT_FOR_ADAPTERS = {
    *("version", "targets", "target", "environment"),
    *("bench.paths", "bench.tolerance", "bench.budget", "bench.history", "bench.strict"),
}


#: Settings without which an engine refuses the full definition.
NEEDED = {"gocd": {"resources": {"arm": ["arm64"]}}, "teamcity": {"agents": {"arm": "Ubuntu-24.04-Arm"}}}


def test_the_full_definition_sets_every_key() -> None:
    """A new key goes into ci/adapters/testing/full_definition.py; then every adapter has to account for it."""
    assert variations.keys_set() == variations.keys()


def test_every_key_is_changed() -> None:
    """But for those that can have one value only, next to what else the definition says."""
    changed = {found.key.removesuffix(".*") for found in variations.variations()}
    assert variations.keys() - changed == {"version", "cache.grows", "job.cache.grows"}


def test_every_other_key_reaches_the_plan() -> None:
    without_effect = {key.removesuffix(".*") for key in variations.without_effect()}
    assert without_effect == NOT_FOR_ADAPTERS - {"version"}


class Options(Struct, frozen=True):
    """No settings."""


def good(found: plan.Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """Everything there is, as Python writes it."""
    head = "\n".join(f"# {line}" for line in adapters.header((Note("lost", "all", "", "of it"),)))
    return Rendered({"tiny/all.txt": f"{head}\n{found!r}\n"}, (Note("lost", "all", "", "of it"),))


class Tiny(testing.Promises):
    """The promises, asked of a small adapter."""

    engine = "tiny"
    commands_read: tuple[str, ...] | None = None

    def __init__(self, render: Any, owns: tuple[str, ...] = ("tiny/*.txt",)) -> None:
        self.module = SimpleNamespace(TITLE="Tiny", OWNS=owns, Options=Options, render=render)
        self.found = variations.full()

    @property
    def adapter(self) -> adapters.Adapter:
        """Not a registered one."""
        return cast(adapters.Adapter, self.module)

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """What the plan says."""
        return {job.name: JobAsRead(self.commands_read or self.commands(job), job.env) for job in self.found.jobs}


class Silent(Tiny):
    """Its engine runs nothing."""

    def read(self, files: Mapping[str, str]) -> Mapping[str, JobAsRead]:
        """No job."""
        return {}


def without(place: str) -> Any:
    """An adapter that drops what stands between ``place`` and the next comma."""

    def render(found: plan.Plan, options: Options, current: Mapping[str, str]) -> Rendered:
        rendered = good(found, options, current)
        text = rendered.files["tiny/all.txt"]
        kept = [part for part in text.split(", ") if not part.startswith(place)]
        return Rendered({"tiny/all.txt": ", ".join(kept)}, rendered.notes)

    return render


def changed(**values: Any) -> Any:
    """An adapter whose answer has other files or notes."""

    def render(found: plan.Plan, options: Options, current: Mapping[str, str]) -> Rendered:
        made = good(found, options, current)
        return Rendered(values.get("files", made.files), values.get("notes", made.notes))

    return render


def moving(found: plan.Plan, options: Options, current: Mapping[str, str]) -> Rendered:
    """An adapter that adds to the file each time."""
    text = good(found, options, current).files["tiny/all.txt"] + "\n" * len(current)
    return Rendered({"tiny/all.txt": text}, good(found, options, current).notes)


@pytest.mark.parametrize(
    ("promise", "render", "words"),
    [
        ("every_key_of_the_definition_is_mapped_or_noted", without("timeout="), "job.timeout: neither mapped nor"),
        ("every_key_of_the_definition_is_mapped_or_noted", without("retry"), None),
        ("every_file_says_who_owns_it", changed(files={"tiny/all.txt": "x\n"}), "adapters.OWNERSHIP is not in"),
        ("every_file_is_found_again", changed(files={"other.txt": "x\n"}), "OWNS does not cover other.txt"),
        ("files_are_plain_texts", changed(files={"tiny/all.txt": "x"}), "the file with one of them"),
        ("files_are_plain_texts", changed(files={"tiny/all.txt": f"{adapters.__file__}\n"}), "a path of this machine"),
        ("every_note_stands_in_a_file", changed(notes=(Note("lost", "a", "", "silent"),)), "stands in no file"),
        ("a_note_names_what_the_reader_knows", changed(notes=(Note("lost", "a", "b", "c"),)), "no stage and no job"),
        ("files_as_they_stand_stay_as_they_are", moving, "with its own files as `current`"),
    ],
)
def test_a_broken_promise_is_noticed(promise: str, render: Any, words: str | None) -> None:
    check = getattr(Tiny(render), f"test_{promise}")
    if words is None:
        check()
        return
    with pytest.raises(AssertionError, match=words):
        check()


def test_a_changed_command_is_noticed() -> None:
    kit = Tiny(good)
    kit.commands_read = ("make lint",)
    with pytest.raises(AssertionError, match="lint: the commands are"):
        kit.test_commands_and_variables_arrive_unchanged()


def test_a_job_that_is_left_out_without_a_word_is_noticed() -> None:
    with pytest.raises(AssertionError, match="lint is left out, and no note"):
        Silent(good).test_a_job_that_is_left_out_is_noted_as_lost()


def test_an_exemption_that_is_not_needed_is_noticed() -> None:
    kit = Tiny(good)
    type(kit).exempt = {"job.timeout": "?", "job.tiemout": "?"}
    with pytest.raises(AssertionError) as error:
        kit.test_every_key_of_the_definition_is_mapped_or_noted()
    type(kit).exempt = {}
    assert str(error.value) == (
        "exempt: job.tiemout: there is no such key\nexempt: job.timeout: it does change the files, so take it out"
    )


@pytest.mark.parametrize(("engine", "file"), adapters.ON_REQUEST.items())
def test_the_file_of_an_engine_on_request_is_one_that_it_writes(engine: str, file: str) -> None:
    """`ci generate` looks for it before it imports the adapter."""
    adapter = adapters.find(engine)
    options = msgspec.convert(NEEDED.get(engine, {}), adapter.Options)
    assert file in adapter.render(variations.full(), options, {}).files


@pytest.mark.parametrize("engine", ["buildbot", "github"])
def test_a_pipeline_that_nothing_starts_is_refused_where_the_engine_refuses_it(engine: str) -> None:
    stage = model.Stage(name="test", run=("true",))
    pipeline = model.Pipeline(version=1, name="idle", stage=(stage,), on=model.Triggers(manual=False))
    adapter = adapters.find(engine)
    with pytest.raises(DefinitionError, match="on: nothing starts"):
        adapter.render(plan.compile(pipeline), adapter.Options(), {})
