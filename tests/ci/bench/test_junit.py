"""The comparison as JUnit XML, for servers that show test results."""

import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st

from ci.bench.report import junit
from ci.bench.results import Result
from ci.report import summary
from tests.ci.bench import comparisons

WHOLE = """\
<?xml version='1.0' encoding='utf-8'?>
<testsuites name="benchmarks" tests="3" failures="1" errors="0" time="42.300">
  <testsuite name="benchmarks" tests="3" failures="1" errors="0" time="42.300" skipped="1" \
timestamp="2026-11-22T09:10:11Z">
    <testcase classname="tests.benchmarks.test_app" name="test_home" time="0.001234920">
      <system-out>as fast as main, within 5 % (between -0.7 % and +1.6 %)</system-out>
    </testcase>
    <testcase classname="tests.benchmarks.test_app.TestPages" name="test_index[a.py::b]" time="0.001383750">
      <failure message="12.5 % slower than main (between +11.4 % and +13.7 %); 5 % are allowed" type="slower">\
measure again: ci bench --base main -k test_index
slower on purpose? allow more in this commit: @pytest.mark.benchmark_gate(tolerance=0.15)</failure>
    </testcase>
    <testcase classname="tests.benchmarks.test_app" name="test_added" time="0.001230000">
      <skipped message="new: main does not have it" type="new" />
    </testcase>
  </testsuite>
</testsuites>
"""

# What junit-10.xsd of Jenkins' xUnit plugin allows: attributes (those that must be there in capitals) and children.
ALLOWED = {
    "testsuites": ("name time tests failures errors", "testsuite"),
    "testsuite": ("NAME TESTS FAILURES ERRORS time skipped timestamp hostname", "testcase properties system-out"),
    "testcase": ("NAME time classname group", "skipped error failure system-out system-err"),
    "failure": ("type message", ""),
    "skipped": ("type message", ""),
    "system-out": ("", ""),
}


def violations(found: Element) -> Iterator[str]:
    """What Jenkins' schema does not allow."""
    attributes, children = (words.split() for words in ALLOWED[found.tag])
    yield from (f"{found.tag}: {name}" for name in found.attrib if name not in map(str.lower, attributes))
    required = {name.lower() for name in attributes if name.isupper()}
    yield from (f"{found.tag} lacks {name}" for name in required - set(found.attrib))
    if found.tag.startswith("testsuite") and not re.fullmatch(r"\d{1,3}\.\d+", found.attrib["time"]):
        yield f"{found.tag}: time"
    for child in found:
        yield from violations(child) if child.tag in children else [f"{found.tag}: {child.tag}"]


def test_a_slow_benchmark_is_a_failed_test() -> None:
    found = comparisons.comparison(
        comparisons.result("test_home", "same", 1.004),
        comparisons.result("TestPages::test_index[a.py::b]", "slower", 1.125),
        comparisons.result("test_added", "new"),
    )
    assert junit.render(found) == WHOLE


def test_every_answer_has_its_result() -> None:
    def results(*, strict: bool) -> list[str]:
        root = ElementTree.fromstring(junit.render(comparisons.EVERY, strict=strict))
        return [f"{case.get('name')}: {case[0].tag}" for case in root.iter("testcase")]

    assert results(strict=False) == [
        "test_home: system-out", "test_index[large]: failure", "test_health: system-out", "test_error: skipped",
        "test_added: skipped", "test_removed: skipped", "test_wrong: failure",
    ]
    assert [case for case in results(strict=True) if case not in results(strict=False)] == ["test_error: failure"]


def test_jenkins_schema_allows_all_of_it() -> None:
    assert list(violations(ElementTree.fromstring(junit.render(comparisons.EVERY, strict=True)))) == []


def test_our_own_summary_can_read_it(tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(junit.render(comparisons.EVERY), encoding="utf-8")
    section = summary.junit(tmp_path / "junit.xml")
    assert section.markdown.startswith("**2 passed, 2 failed, 3 skipped** in ")
    assert [finding.title for finding in section.findings] == [
        "tests.benchmarks.test_app.test_index[large]", "tests.benchmarks.test_app.test_wrong",
    ]


@given(name=st.text(), message=st.text())
def test_any_name_and_message_come_back(name: str, message: str) -> None:
    """Except for characters that XML can't hold."""
    hostile = Result(id=f"test_a.py::{name}", group=None, answer="broken", tolerance=0.05, message=message)
    root = ElementTree.fromstring(junit.render(comparisons.comparison(hostile)).encode())
    (case,) = root.iter("testcase")
    lost = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    inside = ".".join([case.get("classname", ""), case.get("name", "")])
    assert inside == lost.sub("\ufffd", ".".join(["test_a", *_split(name)]))
    assert case[0].get("message") == lost.sub("\ufffd", f"could not be measured: {message or 'no reason was given'}")
    assert list(violations(root)) == []


def _split(name: str) -> list[str]:
    bare, bracket, parameters = name.partition("[")
    *classes, last = bare.split("::")
    return [*filter(None, classes), last + bracket + parameters]
