"""A job's reports become a page for people and findings beside the lines; reports are the real tools' own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci.bench.report import document, junit
from ci.report import markdown, summary
from tests.ci.bench import comparisons

TESTS = '''\
"""Tests with every result."""
import pytest

def test_good():
    pass

def test_bad():
    assert 1 == 2, "one | is *not* two"

@pytest.mark.skip
def test_left_out():
    pass

@pytest.fixture
def broken():
    raise ValueError("no\\nfixture")

def test_error(broken):
    pass

def test_benchmark(benchmark):
    benchmark(sum, [1, 2])
'''


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of a real pytest, pytest-benchmark and flake8 run."""
    root = tmp_path_factory.mktemp("reports")
    (root / "test_it.py").write_text(TESTS)
    (root / "bad.py").write_text("import os\nx=1\n")
    for arguments in (
        ["pytest", "-q", "-c", "/dev/null", "--rootdir=.", "-p", "no:cacheprovider", "--junitxml=junit.xml",
         "--benchmark-json=benchmark.json", "--benchmark-max-time=0.01", "--benchmark-min-rounds=1", "test_it.py"],
        ["flake8", "--isolated", "--output-file=flake8.txt", "bad.py"],
    ):
        env = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        subprocess.run([sys.executable, "-m", *arguments], cwd=root, env=env, capture_output=True, timeout=60)
    return root


def test_test_results_are_counted_and_failures_shown(reports: Path) -> None:
    section = summary.junit(reports / "junit.xml")
    first, *table = section.markdown.splitlines()
    assert first.startswith("**2 passed, 2 failed, 1 skipped** in ")
    assert table == [
        "",
        "| Failed test | Message |",
        "| --- | --- |",
        "| `test_it.test_bad` | AssertionError: one \\| is \\*not\\* two assert 1 == 2 |",
        '| `test_it.test_error` | failed on setup with "ValueError: no fixture" |',
    ]


def test_a_failure_is_placed_at_its_line(reports: Path) -> None:
    findings = summary.junit(reports / "junit.xml").findings
    assert [(finding.file, finding.line, finding.title) for finding in findings] == [
        ("test_it.py", 8, "test_it.test_bad"),
        ("test_it.py", 16, "test_it.test_error"),
    ]


def test_benchmarks_are_a_table(reports: Path) -> None:
    lines = summary.benchmark(reports / "benchmark.json").markdown.splitlines()
    assert lines[1:3] == [
        "| Benchmark | Median | Interquartile range | Fastest | Rounds |", "| --- | --- | --- | --- | --- |",
    ]
    assert lines[3].startswith("| `test_benchmark` | ") and "s | " in lines[3] and len(lines) == 4


def test_what_the_benchmark_gate_found_comes_first_and_once(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "benchmark.json").write_bytes((reports / "benchmark.json").read_bytes())
    (tmp_path / summary.COMPARISON).write_text(document.write(comparisons.EVERY), encoding="utf-8")
    (tmp_path / "benchmark.xml").write_text(junit.render(comparisons.EVERY), encoding="utf-8")
    compared, measured = summary.sections(
        [("junit", tmp_path / "benchmark.xml"), ("benchmark", tmp_path / "benchmark.json")]
    )
    assert compared.markdown == (
        "**7 benchmarks against main: 1 broken, 1 slower, 1 unsure, 1 same, 1 faster, 1 new, 1 gone; "
        "measured in 42 s**\n\n"
        "| Benchmark | Base | Head | Change | Interval | Answer |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        "| `tests/benchmarks/test_app.py::test_wrong` |  |  |  |  | **broken** |\n"
        "| `tests/benchmarks/test_app.py::test_index[large]` "
        "| 1.23 ms | 1.38 ms | +12.3 % | +11.2 to +13.5 % | **slower** |\n"
        "| `tests/benchmarks/test_app.py::TestPages::test_error` "
        "| 1.23 ms | 1.29 ms | +4.5 % | +3.4 to +5.7 % | unsure |\n"
        "| `tests/benchmarks/test_app.py::test_home` | 1.23 ms | 1.23 ms | +0.4 % | -0.7 to +1.6 % | same |\n"
        "| `tests/benchmarks/test_app.py::test_health` | 1.23 ms | 1.08 ms | -12.6 % | -13.7 to -11.4 % | faster |\n"
        "| `tests/benchmarks/test_app.py::test_added` |  | 1.23 ms |  |  | new |\n"
        "| `tests/benchmarks/test_app.py::test_removed` | 1.23 ms |  |  |  | gone |\n"
    )
    assert "`test_benchmark`" in measured.markdown
    assert summary.annotations([compared]) == (
        "::error file=tests/benchmarks/test_app.py,title=test_wrong%3A broken::could not be measured: "
        "ValueError: no page, at tests/benchmarks/test_app.py:12%0Asecond line\n"
        "::error file=tests/benchmarks/test_app.py,title=test_index[large]%3A slower::12.3 %25 slower than main "
        "(between +11.2 %25 and +13.5 %25); 5 %25 are allowed\n"
    )


def test_flake8_findings_are_a_table_and_annotations(reports: Path) -> None:
    section = summary.flake8(reports / "flake8.txt")
    assert section.markdown == (
        "**2 findings** of flake8\n\n"
        "| Place | Finding |\n"
        "| --- | --- |\n"
        "| `bad.py:1` | F401 'os' imported but unused |\n"
        "| `bad.py:2` | E225 missing whitespace around operator |\n"
    )
    assert summary.annotations([section]) == (
        "::error file=bad.py,line=1,title=flake8 F401::'os' imported but unused\n"
        "::error file=bad.py,line=2,title=flake8 E225::missing whitespace around operator\n"
    )


def test_a_missing_or_broken_report_is_said(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text("<testsuite><")
    (tmp_path / "benchmark.json").write_text('{"benchmarks": [{}]}')
    found = summary.sections([(kind, tmp_path / name) for kind, name in (
        ("junit", "junit.xml"), ("benchmark", "benchmark.json"), ("flake8", "flake8.txt"))])
    assert summary.markdown("test (3.13)", found) == (
        "### test (3.13)\n\n"
        "The junit report junit.xml can't be read: unclosed token: line 1, column 11\n\n"
        "The benchmark report benchmark.json can't be read: it holds no 'stats'\n\n"
        "No flake8 report: the job ended before flake8.txt was written.\n"
    )


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        pytest.param("junit", f'{ENTITIES}<t><testcase name="&i;"/></t>', id="entities-that-grow"),
        pytest.param("junit", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><t>&a;</t>', id="other-files"),
        pytest.param("junit", '<?xml version="1.0" encoding="hex"?><t/>', id="encoding"),
        pytest.param("benchmark", "[" * 100_000, id="deep"),
        pytest.param("benchmark", '{"benchmarks": [{"name": 5, "stats": {}}]}', id="types"),
        pytest.param("comparison", '{"results": [{"answer": "odd"}]}', id="unknown-answer"),
        pytest.param("comparison", '{"results": [{"answer": "slower", "id": 5}], "base": 5}', id="wrong-types"),
        pytest.param("comparison", '[]', id="no-object"),
        pytest.param("flake8", f"a.py:{'9' * 5000}:1: E1 x", id="long-number"),
    ],
)
def test_whatever_a_report_holds_is_no_error_of_its_own(tmp_path: Path, kind: str, content: str) -> None:
    (tmp_path / "report").write_text(content)
    (section,) = summary.sections([(kind, tmp_path / "report")])
    assert section.markdown.startswith(f"The {kind} report report can't be read: ")


def test_a_report_that_is_a_folder_is_said(tmp_path: Path) -> None:
    (section,) = summary.sections([("junit", tmp_path)])
    assert "can't be read" in section.markdown


def test_long_texts_leave_room_for_others(tmp_path: Path) -> None:
    """GitHub shows nothing of a summary over 1 MiB."""
    (tmp_path / "junit.xml").write_text(
        f'<t><testcase name="{"n" * 10**6}"><failure message="{"m" * 10**6}"/></testcase></t>'
    )
    found = tuple(summary.sections([("junit", tmp_path / "junit.xml")]))
    assert len(summary.markdown("test", found)) < 1000
    assert len(summary.annotations(found)) < 5000


@given(st.builds(summary.Finding, st.text(), st.integers(0, 10**6), st.text(), st.text()))
def test_a_finding_is_one_command_whatever_it_says(finding: summary.Finding) -> None:
    """GitHub reads a command per line: no text may begin another."""
    said = summary.annotations([summary.Section("", (finding,))])
    assert said.startswith("::error ") and said.count("\n") == 1 and said.endswith("\n") and "\r" not in said


@given(st.text())
def test_a_cell_stays_a_cell(text: str) -> None:
    cell = markdown.cell(text)
    assert "\n" not in cell and "|" not in cell.replace("\\|", "")
