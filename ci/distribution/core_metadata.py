"""The ``dist-info`` of the wheel, from ``ci/pyproject.toml``.

https://packaging.python.org/en/latest/specifications/core-metadata/ (2.4), binary-distribution-format and entry-points.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: The files, beside the licence and the record of all files.
NAMES = ("METADATA", "WHEEL", "entry_points.txt")

_WHEEL = "Wheel-Version: 1.0\nGenerator: ci.distribution\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def version_of(module: str) -> str:
    """The ``__version__`` in the text of a ``module``: the one place that has it."""
    found = re.search(r'^__version__ = "(.+)"$', module, re.MULTILINE)
    assert found, "the package says its version"
    return found[1]


def files(folder: Path, version: str) -> dict[str, bytes]:
    """The texts of ``NAMES`` for the project in ``folder``, whose release is ``version``."""
    with (folder / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    description = (folder / project["readme"]).read_text(encoding="utf-8")
    texts = (_metadata(project, version, description), _WHEEL, _entry_points(project))
    return {name: text.encode() for name, text in zip(NAMES, texts, strict=True)}


def _metadata(project: Mapping[str, Any], version: str, description: str) -> str:
    fields = [
        ("Metadata-Version", "2.4"), ("Name", project["name"]), ("Version", version),
        ("Summary", project["description"]), ("Keywords", ",".join(project["keywords"])),
        ("License-Expression", project["license"]),
        *(("License-File", name) for name in project["license-files"]),
        *(("Classifier", name) for name in project["classifiers"]),
        ("Requires-Python", project["requires-python"]),
        *(("Requires-Dist", requirement) for requirement in project["dependencies"]),
        ("Description-Content-Type", "text/markdown"),
    ]  # fmt: skip
    return "".join(f"{name}: {value}\n" for name, value in fields) + f"\n{description}"


def _entry_points(project: Mapping[str, Any]) -> str:
    groups = {"console_scripts": project["scripts"], **project["entry-points"]}
    sections = (
        f"[{group}]\n" + "".join(f"{name} = {target}\n" for name, target in points.items())
        for group, points in groups.items()
    )
    return "\n".join(sections)
