"""What pip, uv and build call to make the wheel (PEP 517): ``ci/pyproject.toml`` names this module.

They import it by itself from a folder ``ci``; its repository is the one around that.
"""

import sys
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]


def build_wheel(
    wheel_directory: str,
    config_settings: "dict[str, str] | None" = None,
    metadata_directory: "str | None" = None,
) -> str:
    """Write the wheel into the folder ``wheel_directory``; its name. There are no settings."""
    sys.path.insert(0, str(_REPOSITORY))
    from ci.distribution import contents, wheel

    made = wheel.of(contents.of_source(_REPOSITORY))
    Path(wheel_directory, made.name).write_bytes(made.content)
    return made.name


def build_sdist(sdist_directory: str, config_settings: "dict[str, str] | None" = None) -> str:
    """There is none: half of what the wheel holds lies outside of the folder ``ci``."""
    raise NotImplementedError("there is only a wheel: uv build --wheel ci")
