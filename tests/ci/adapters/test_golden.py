"""Whole generated files, compared to the character, for every engine.

`tests/golden/<engine>/<definition>/` holds what becomes of `tests/golden/<definition>.toml`; `template` is the pipeline
that a fork begins with. After an intended change:
`UPDATE_GOLDEN=1 python -m pytest tests/ci/adapters/test_golden.py`, then read what differs.
"""

import os
import shutil
from pathlib import Path

import pytest

from ci import adapters, definition, plan
from tests.files import write

GOLDEN = Path(__file__).parents[2] / "golden"
DEFINITIONS = ("small", "full", "release")

CASES = [
    pytest.param(engine, name, id=f"{engine}, {name}")
    for engine in adapters.BUILT_IN
    for name in (*DEFINITIONS, *(["template"] if engine in adapters.ON_REQUEST else []))
]


def rendered(engine: str, file: Path) -> dict[str, str]:
    """What an engine's adapter makes of a definition."""
    loaded = definition.parse(file.read_text("utf-8"))
    adapter = adapters.find(engine)
    return adapter.render(plan.compile(loaded.pipeline), loaded.engine_options(engine, adapter.Options), {}).files


@pytest.mark.parametrize(("engine", "name"), CASES)
def test_the_files_of_a_definition(engine: str, name: str) -> None:
    made = {kept_as(path): text for path, text in rendered(engine, GOLDEN / f"{name}.toml").items()}
    folder = GOLDEN / engine / name
    if os.environ.get("UPDATE_GOLDEN"):
        update(folder, made)
    paths = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert made == {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in paths}


def kept_as(path: str) -> str:
    """The path of a golden file: a BUILD.bazel would make its folder a package of Bazel."""
    return f"{path}.golden" if path == "BUILD.bazel" else path


def update(folder: Path, files: dict[str, str]) -> None:
    """Write new golden files in the place of old ones."""
    shutil.rmtree(folder, ignore_errors=True)
    write(folder, files)
