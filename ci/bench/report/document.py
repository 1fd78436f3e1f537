"""`reports/benchmark-comparison.json`: what the gate found, for other programs. ``ci bench --json`` writes the same.

The fields are those of ``Comparison``, beside ``version``, which grows when a field goes away or changes its meaning;
new fields may come at any time. Times are in seconds, ratios are time of head by time of base, tolerances are shares.
"""

import msgspec

from ci.bench.results import Comparison
from ci.errors import UsageError


class _Document(Comparison, frozen=True, kw_only=True, tag_field="version", tag=1):
    """A comparison as a file, with its version in front."""


def write(comparison: Comparison) -> str:
    """The document as text."""
    document = _Document(**{name: getattr(comparison, name) for name in comparison.__struct_fields__})
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def read(text: str | bytes) -> Comparison:
    """The comparison in a document. Raises UsageError if it is none, or one of a later version."""
    try:
        return msgspec.json.decode(text, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"not a comparison of `ci bench`: {error}") from None
