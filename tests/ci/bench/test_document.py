"""The comparison as JSON: what other programs may rely on."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.bench.report import document
from ci.bench.results import Result
from ci.errors import UsageError
from tests.ci.bench import comparisons


def test_the_shape_of_the_document() -> None:
    one = comparisons.comparison(comparisons.result("test_index", "slower", 1.125, message="a note"))
    assert json.loads(document.write(one)) == {
        "version": 1,
        "base": {"name": "main", "id": comparisons.BASE.id, "dirty": False},
        "head": {"name": "HEAD", "id": comparisons.HEAD.id, "dirty": False},
        "results": [
            {
                "id": "tests/benchmarks/test_app.py::test_index",
                "group": None,
                "answer": "slower",
                "tolerance": 0.05,
                "interval": {"ratio": 1.125, "low": 1.114, "high": 1.137},
                "base": 0.00123,
                "head": 0.00138375,
                "pairs": 4,
                "turns": 480,
                "message": "a note",
            }
        ],
        "seconds": 42.3,
        "time": "2026-11-22T09:10:11Z",
        "machine": "2 cores, Linux 6.1, Python 3.11.2",
    }


TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(name=TEXTS, message=TEXTS)
def test_what_is_written_can_be_read(name: str, message: str) -> None:
    written = comparisons.comparison(Result(id=name, group=name, answer="new", tolerance=0.1, message=message))
    found = document.read(document.write(written))
    assert (found.results, found.base, found.time) == (written.results, written.base, written.time)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param('{"version": 2, "base": null}', id="later-version"),
        pytest.param('{"version": 1}', id="incomplete"),
        pytest.param(b"\xff\xfe", id="not-utf-8"),
    ],
)
def test_what_is_no_document_is_refused(text: str | bytes) -> None:
    with pytest.raises(UsageError, match="^not a comparison of `ci bench`: "):
        document.read(text)
