"""A job's reports as TeamCity's service messages: tests, inspections and statistic values of its own pages.

Format and escaping: TeamCity's manual, "Service Messages". Standard library only, as ``summary``, which calls this.
"""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ci.report import summary

_ESCAPES = {"|": "||", "'": "|'", "\n": "|n", "\r": "|r", "[": "|[", "]": "|]"}

#: The package teamcity-messages in the job's environment: pytest and flake8 then say all this themselves.
_PACKAGE = "lib/python*/site-packages/teamcity"


def messages(reports: Iterable[tuple[str, Path]], environment: Path = Path(".venv")) -> Iterator[str]:
    """A message for each thing that the reports (kind, path) say; nothing for a report that isn't there."""
    spoken = any(environment.glob(_PACKAGE))
    for kind, path in reports:
        if kind == "junit" and not spoken and path.is_file():
            yield message("importData", type="junit", path=path.as_posix())
        elif kind == "flake8" and not spoken and path.is_file():
            yield from _inspections(path)
        elif kind == "benchmark" and path.is_file():
            yield from _statistics(path)


def message(name: str, /, **values: str) -> str:
    """One service message."""
    words = [name, *(f"{key}='{_escaped(value)}'" for key, value in values.items())]
    return f"##teamcity[{' '.join(words)}]"


def _escaped(text: str) -> str:
    return re.sub(r"[|'\n\r\[\]]|[^\x00-\x7f]", lambda found: _ESCAPES.get(found[0]) or _code_units(found[0]), text)


def _code_units(letter: str) -> str:
    """Letters outside of ASCII by number, so that the encoding of the agent doesn't count."""
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"|0x{units[start:start + 4]}" for start in range(0, len(units), 4))


def _inspections(path: Path) -> Iterator[str]:
    findings = summary.flake8(path).findings
    for rule in dict.fromkeys(one.title.split()[-1] for one in findings):
        yield message("inspectionType", id=rule, name=rule, category="flake8", description=f"flake8 {rule}")
    for one in findings:
        rule = one.title.split()[-1]
        yield message("inspection", typeId=rule, message=one.text, file=one.file, line=str(one.line), SEVERITY="ERROR")


def _statistics(path: Path) -> Iterator[str]:
    """Medians in milliseconds, for the charts of a build configuration."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
        values = [(str(entry["name"]), float(entry["stats"]["median"])) for entry in found]
    except (ValueError, KeyError, TypeError):
        return  # the job's verdict must not depend on what a report holds
    for name, median in values:
        yield message("buildStatisticValue", key=f"{name} (median, ms)", value=f"{median * 1000:.6f}")
