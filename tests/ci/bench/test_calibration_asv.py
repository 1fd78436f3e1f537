"""What the calibration reads from asv."""

import msgspec
import pytest

from tests.benchmarks.calibration_asv import Results, answer

OUTPUT = """\
[100.00%] ··· page.time_page                                            1.72±0.1ms

{table}{verdict}
"""
TABLE = "| +        | 1.72±0ms | 1.91±0ms | 1.11 | page.time_page |\n\nSOME BENCHMARKS HAVE CHANGED SIGNIFICANTLY.\n"


@pytest.mark.parametrize(("table", "verdict", "expected"), [
    ("", "BENCHMARKS NOT SIGNIFICANTLY CHANGED.", "same"),
    (TABLE, "PERFORMANCE DECREASED.", "slower"),
    (TABLE, "PERFORMANCE INCREASED.", "faster"),
])
def test_the_last_line_is_the_answer(table: str, verdict: str, expected: str) -> None:
    assert answer(OUTPUT.format(table=table, verdict=verdict)) == expected


@pytest.mark.parametrize("output", ["", "· Failed to build the project and import the benchmark suite.\n"])
def test_a_comparison_without_an_end_has_no_answer(output: str) -> None:
    with pytest.raises(ValueError, match="asv compared nothing"):
        answer(output)


def test_the_time_of_a_benchmark_is_found_by_its_column() -> None:
    document = {
        "commit_hash": "9bbbb141", "version": 2, "result_columns": ["params", "result", "version"],
        "results": {"page.time_page": [[], [0.00172], "f55f7f14"], "page.time_other": [[], None]},
    }
    results = msgspec.json.decode(msgspec.json.encode(document), type=Results)
    assert results.seconds("page.time_page") == 0.00172
