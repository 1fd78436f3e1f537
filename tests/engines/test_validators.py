"""No validator has a word to say about the generated files: those of the golden definitions, and this repository's.

The validators are those of `ci check`.
"""

import subprocess
from pathlib import Path

import pytest

from ci import adapters, definition, plan, validation
from ci.adapters.teamcity import validation as teamcity
from ci.adapters.validators import Validator
from tests.engines.programs import need, require
from tests.files import write
from tests.repository import Repository

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]

DEFINITIONS = {
    "small": ROOT / "tests/golden/small.toml",
    "full": ROOT / "tests/golden/full.toml",
    "release": ROOT / "tests/golden/release.toml",
    "this repository": ROOT / definition.FILE,
}

JETBRAINS = (teamcity.SCHEMA, str(ROOT / "tests/schemas/teamcity-pipeline.json"))


@pytest.fixture(autouse=True)
def schema_of_jetbrains(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked too."""
    monkeypatch.setenv(*JETBRAINS)


def files(engine: str, name: str) -> dict[str, str]:
    """What an engine's adapter makes of a definition."""
    loaded = definition.parse(DEFINITIONS[name].read_text("utf-8"))
    adapter = adapters.find(engine)
    return adapter.render(plan.compile(loaded.pipeline), loaded.engine_options(engine, adapter.Options), {}).files


@pytest.mark.parametrize("name", DEFINITIONS)
@pytest.mark.parametrize("engine", adapters.BUILT_IN)
def test_no_validator_has_a_finding(engine: str, name: str) -> None:
    checked = list(validation.validate(engine, files(engine, name)))
    assert checked
    for one in checked:
        require(one.missing, f"{one.validator}: {one.missing}")
        assert one.findings == ()


def validators() -> list[Validator]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(*JETBRAINS)
        return [validator for engine in adapters.BUILT_IN for validator in adapters.validators_of(engine)]


#: Wrong in YAML, Groovy, Python, Starlark and sh.
MISTAKE = "\nmistake: [: {%} \\\n((('"


@pytest.mark.parametrize("validator", validators(), ids=lambda validator: validator.name)
def test_every_validator_finds_a_mistake(validator: Validator, tmp_path: Path) -> None:
    """One that finds nothing anywhere would be no proof."""
    require(validator.missing(), f"{validator.name}: {validator.missing()}")
    for engine in adapters.BUILT_IN:
        write(tmp_path, {path: f"{text}{MISTAKE}" for path, text in files(engine, "small").items()})
    assert validator.check(tmp_path)


def test_the_schema_of_jetbrains_finds_a_misspelt_key(tmp_path: Path) -> None:
    write(tmp_path, {path: text.replace("steps:", "stps:") for path, text in files("teamcity", "small").items()})
    (validator,) = (one for one in validators() if "JetBrains" in one.name)
    require(validator.missing(), f"{validator.name}: {validator.missing()}")
    (found,) = validator.check(tmp_path)
    assert "'stps' was unexpected" in found


@pytest.mark.parametrize("name", DEFINITIONS)
def test_act_reads_every_workflow(name: str, tmp_path: Path) -> None:
    """Its schema lags behind: it doesn't know `queue`, which the other validators do."""
    known = {path: text.replace("  queue: max\n", "") for path, text in files("github", name).items()}
    Repository.create(tmp_path).write(known)
    command = [need("act"), "--validate", "--strict", "--platform", "ubuntu-24.04=-self-hosted"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
