"""The files that `ci bench` leaves in ``reports/`` beside pytest-benchmark's own ``benchmark.json``."""

import os
import secrets
from pathlib import Path

from ci.bench.history import History
from ci.bench.report import document, junit, page
from ci.bench.results import Comparison
from ci.errors import UsageError

COMPARISON = "benchmark-comparison.json"
JUNIT = "benchmark-junit.xml"
PAGE = "benchmark.html"


def write(folder: Path, comparison: Comparison, *, strict: bool = False, history: History = History()) -> None:
    """Write them all; each is the old or the new one at any moment. Raises UsageError where that is not possible."""
    texts = {
        COMPARISON: document.write(comparison),
        JUNIT: junit.render(comparison, strict=strict),
        PAGE: page.render(comparison, strict=strict, history=history),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            _replace(folder / name, text)
    except OSError as error:
        raise UsageError(f"can't write the reports to {folder}: {error.strerror}") from None


def _replace(path: Path, text: str) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
