"""The YAML writer: every text comes back unchanged, and what a person would write plainly stands plainly."""

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ci.adapters import yaml_text
from ci.adapters.yaml_text import Plain, Remarked, Spaced

#: Each was misread, or refused, by some reader of YAML 1.1 or 1.2.
HOSTILE = (
    *("", " ", "on", "yes", "No", "y", "~", "null", "true", "=", "<<", "3.10", "1e3", "0x1F", "0o17", "1_000", ".inf"),
    *(".", "-", "--x", "- a", "? a", ": a", "a: b", "a:", "a #b", "#a", "2026-11-22", "12:30:45", "!a", "&a", "*a"),
    *("%a", "@a", "`a`", "{a}", "[a]", "a, b", "'a'", '"a"', "|", ">", "a\\", "\\u0041", "---", "...", "--- a"),
    *("a\nb", "a\nb\n", "a\n\n", "\na", "\n", "a\n \nb", " a\nb", "\ta\nb", "a \nb", "a\t\nb", "# a\nb", "a\n--- b"),
    *("a\tb", "a\r\nb", "a\x85b", "a\u2028b\nc", "\ufeffa", "a\xa0b", "\x1b[31m", "\x7f", "é ☃ 𝄞", "\u202eabc"),
    *("\U0010ffff", "x" * 10_000),
)
LETTERS = "ab \n\t\r#:-'\"|>&*!%@`{}[],?\\~=.019yYnNoOeE\x85\u2028\ufeff\xa0é𝄞"
texts = st.text(max_size=30) | st.text(LETTERS, max_size=30)
values = st.recursive(
    texts | st.booleans() | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3).map(Spaced),
    max_leaves=6,
)


def read(text: str) -> Any:
    """What a reader of YAML 1.1 makes of a document."""
    return yaml.safe_load(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_comes_back_unchanged_from_every_place(text: str) -> None:
    """As key, value, entry of a list on one line, and entry of a list over several lines."""
    content: dict[str, Any] = {"value": text, text[:100]: {"inner": text}, "short": [text], "long": [{"a": text}, text]}
    assert read(yaml_text.document(["header"], content)) == content


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(texts, values, max_size=3))
@example({"list": [[], {}, None, True, 3, ["a", ["b"]], {"c": [{"d": "e"}]}]})
def test_any_value_comes_back_unchanged(content: dict[str, Any]) -> None:
    assert (read(yaml_text.document([], content)) or {}) == content


@given(texts)
def test_no_reader_can_take_a_part_of_a_text_for_a_line_end(text: str) -> None:
    """Lines end with LF alone, also for readers that know NEL, LS and PS; no byte order mark, no control character."""
    written = yaml_text.document([], {"a": text})
    assert written.splitlines(keepends=True) == [f"{line}\n" for line in written.split("\n")[:-1]]
    assert not set(written) & {"\ufeff", "\x1b", "\x00", "\x85"}


def test_a_document_reads_as_a_person_would_have_written_it() -> None:
    content = Spaced(
        {
            "name": "ci (all)",
            Plain("on"): {"push": {"branches": ["main", "release/**"]}, "manual": None},
            "permissions": {},
            "jobs": Spaced(
                {
                    "lint": {"uses": Remarked("actions/checkout@0123", "v7.0.1"), "python": "3.10", "wait": False},
                    "test": {"if": "${{ !cancelled() && !failure() }}", "run": "a\n\n  b  c\n", "list": ["x" * 90]},
                    "steps": [{"name": "one", "with": {"path": "~/.cache/pip"}}, {"name": "say: two"}],
                }
            ),
        }
    )
    assert yaml_text.document(["Generated", ""], content) == (
        f"""\
# Generated
#
name: ci (all)

on:
  push:
    branches: [main, "release/**"]
  manual:

permissions: {{}}

jobs:
  lint:
    uses: actions/checkout@0123 # v7.0.1
    python: "3.10"
    wait: false

  test:
    if: ${{{{ !cancelled() && !failure() }}}}
    run: |
      a

        b  c
    list:
      - {"x" * 90}

  steps:
    - name: one
      with:
        path: ~/.cache/pip
    - name: "say: two"
"""
    )
