"""The texts that projects get, each a file of this folder, with places as ``@{name}`` to fill in."""

import re
from pathlib import Path

_FOLDER = Path(__file__).parent


def read(name: str) -> str:
    """The text ``name`` as it stands."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def filled(file: str, **values: str) -> str:
    """The text ``file`` with its places filled in. Raises KeyError for one without a value."""
    return re.sub(r"@\{([a-z_]+)\}", lambda place: values[place[1]], read(file))
