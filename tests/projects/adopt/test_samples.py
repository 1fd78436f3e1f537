"""What becomes of the samples, to the character: the definition and the report.

After an intended change: `UPDATE_GOLDEN=1 python -m pytest tests/projects/adopt/test_samples.py`, then read what
differs.
"""

import os
from pathlib import Path

import pytest

from ci import __version__
from ci.projects.adopt import adoption
from tests.projects.adopt.samples import FOLDERS, NAMES, sample

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", NAMES)
def test_the_definition_and_the_report(name: str, tmp_path: Path) -> None:
    root = sample(name, tmp_path / name).root
    project = adoption.look(root / FOLDERS.get(name, ""))
    made = adoption.prepare(project, project.suggested)
    texts = {
        f"{name}.toml": made.changes.files["ci/pipeline.toml"].decode(),
        f"{name}.txt": made.report().replace(__version__, "VERSION"),
    }
    for file, text in texts.items():
        if os.environ.get("UPDATE_GOLDEN"):
            (GOLDEN / file).write_text(text, encoding="utf-8")
        assert text == (GOLDEN / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_line_of_a_report_is_longer_than_100_columns(name: str) -> None:
    assert [line for line in (GOLDEN / f"{name}.txt").read_text("utf-8").splitlines() if len(line) > 100] == []
