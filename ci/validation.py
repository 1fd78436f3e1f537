"""Generated files and the validators of their engine: what each finds, and which are not installed."""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from ci import adapters


class Checked(Struct, frozen=True):
    """What one validator said. ``missing`` is what has to be installed first, "" where it ran."""

    validator: str
    missing: str = ""
    findings: tuple[str, ...] = ()


def validate(engine: str, files: Mapping[str, str]) -> Iterator[Checked]:
    """Run every validator of an engine on its files, in a folder that holds nothing else.

    Raises CommandError where a validator takes too long.
    """
    with tempfile.TemporaryDirectory(prefix="ci-check-") as folder:
        for path, text in files.items():
            (Path(folder) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(folder) / path).write_text(text, encoding="utf-8", newline="")
        for validator in adapters.validators_of(engine):
            missing = validator.missing()
            findings = () if missing else tuple(validator.check(Path(folder)))
            yield Checked(validator.name, missing, findings)
