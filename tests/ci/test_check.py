"""`ci check` runs what is installed, says what is missing, and fails where it should."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ci import adapters
from ci.adapters.validators import Validator, program, rules
from ci.commands.check import check
from ci.errors import UsageError

TEXT = 'version = 1\nname = "shop"\n[[stage]]\nname = "test"\nrun = ["make test"]\n'
GOOD = rules(lambda files: [] if list(files) == ["ci/pipeline.gocd.yaml"] else [f"unexpected: {list(files)}"])
BAD = Validator("strict", lambda folder: ["first line\nsecond line"], lambda: "")
GONE = program("no-such-program", "--all", install="pip install no-such-program")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Result]]:
    """`ci check gocd` in a project, with other validators."""
    (tmp_path / "ci").mkdir()
    (tmp_path / "ci/pipeline.toml").write_text(TEXT, "utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, validators: tuple[Validator, ...]) -> Result:
        monkeypatch.setattr(adapters.find("gocd"), "validators", lambda: validators)
        return CliRunner().invoke(check, ["gocd", *arguments], standalone_mode=False)

    yield call


def test_nothing_found(run: Callable[..., Result]) -> None:
    """The engine is no target, and nothing was generated: its files are checked in a folder of their own."""
    done = run(validators=(GOOD,))
    assert (done.return_value, done.output) == (0, "GoCD: ci/pipeline.gocd.yaml\n  ok        rules of ci\n")
    assert sorted(path.name for path in Path().iterdir()) == ["ci"]


def test_a_finding_is_shown_and_fails(run: Callable[..., Result]) -> None:
    done = run(validators=(BAD, GOOD))
    assert (done.return_value, done.output) == (
        1,
        "GoCD: ci/pipeline.gocd.yaml\n  finding   strict\n    first line\n    second line\n  ok        rules of ci\n",
    )


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--require"], 1)])
def test_what_is_missing_is_named_and_fails_only_where_it_must_not_be(
    run: Callable[..., Result], arguments: list[str], code: int
) -> None:
    done = run(*arguments, validators=(GONE,))
    said = "  missing   no-such-program --all; to install it: pip install no-such-program\n"
    assert (done.return_value, done.output) == (code, f"GoCD: ci/pipeline.gocd.yaml\n{said}")


def test_a_program_is_asked_about_the_files_that_it_is_for(tmp_path: Path) -> None:
    """In the folder that holds them; what it says is the finding."""
    (tmp_path / "a.yml").write_text("a\n", "utf-8")
    assert program("cat", install="", files="*.yml").check(tmp_path) == []
    assert program("sh", "-c", 'echo "$0"; exit 3', install="", files="*.yml").check(tmp_path) == ["a.yml"]
    assert program("false", install="", files="*.json").check(tmp_path) == []
    assert program("false", install="").check(tmp_path) == ["ended with exit code 1"]


def test_an_unknown_engine_is_an_error(tmp_path: Path, run: Callable[..., Result]) -> None:
    done = CliRunner().invoke(check, ["gocdd"], standalone_mode=False)
    assert isinstance(done.exception, UsageError)
