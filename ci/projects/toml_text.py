"""Text as TOML, for files that people go on with."""

import json


def string(value: str) -> str:
    """A string of TOML in the form that needs the fewest escapes."""
    if value.isprintable() and '"' in value and "'" not in value:
        return f"'{value}'"
    is_readable = value.replace("\n", "").isprintable() and "'''" not in value and not value.endswith("'")
    if is_readable and ("\n" in value or '"' in value):
        first = "\n" if "\n" in value else ""  # the first line break of such a string is none of it
        return f"'''{first}{value}'''"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007F")
