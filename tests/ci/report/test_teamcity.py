"""A job's reports as TeamCity's service messages."""

import json
from pathlib import Path

import pytest

from ci.report import summary, teamcity


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Path]]:
    """One of each kind."""
    monkeypatch.chdir(tmp_path)
    Path("junit.xml").write_text("<testsuites/>", "utf-8")
    Path("flake8.txt").write_text("./app/a.py:3:1: E501 it's [too] long | é\napp/b.py:4:2: E501 again\n", "utf-8")
    median = {"benchmarks": [{"name": "test_page[1]", "stats": {"median": 0.0021}}]}
    Path("benchmark.json").write_text(json.dumps(median), "utf-8")
    return [(kind, Path(name)) for kind, name in NAMES.items()]


NAMES = {"junit": "junit.xml", "flake8": "flake8.txt", "benchmark": "benchmark.json"}
TESTS = "##teamcity[importData type='junit' path='junit.xml']"
INSPECTIONS = [
    "##teamcity[inspectionType id='E501' name='E501' category='flake8' description='flake8 E501']",
    "##teamcity[inspection typeId='E501' message='it|'s |[too|] long || |0x00e9' file='app/a.py' line='3' "
    "SEVERITY='ERROR']",
    "##teamcity[inspection typeId='E501' message='again' file='app/b.py' line='4' SEVERITY='ERROR']",
]
STATISTICS = "##teamcity[buildStatisticValue key='test_page|[1|] (median, ms)' value='2.100000']"


def test_tests_inspections_and_statistics(reports: list[tuple[str, Path]]) -> None:
    assert list(teamcity.messages(reports)) == [TESTS, *INSPECTIONS, STATISTICS]


def test_nothing_is_told_twice(reports: list[tuple[str, Path]]) -> None:
    """With teamcity-messages in the job's environment pytest and flake8 have told it themselves."""
    Path(".venv/lib/python3.13/site-packages/teamcity").mkdir(parents=True)
    assert list(teamcity.messages(reports)) == [STATISTICS]


def test_a_report_that_is_missing_or_broken_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text('{"benchmarks": [1]}', "utf-8")
    assert list(teamcity.messages([("junit", tmp_path / "no"), ("benchmark", tmp_path / "b.json")])) == []


def test_letters_are_escaped() -> None:
    assert teamcity.message("x", a="|'\n\r[]\u2028𝄞") == "##teamcity[x a='|||'|n|r|[|]|0x2028|0xd834|0xdd1e']"


def test_the_summary_of_a_job_speaks_so_on_teamcity(
    reports: list[tuple[str, Path]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("TEAMCITY_VERSION", "2026.1")
    assert summary.summary_command(["test", "--junit", "junit.xml"]) == 0
    assert capsys.readouterr().out == f"{TESTS}\n"
