"""The comparison as JUnit XML, so that Jenkins, GoCD and TeamCity show a slow benchmark as a failed test.

Form: ``junit-10.xsd`` of Jenkins' xUnit plugin, the strictest of those that describe what these servers read.
"""

import re
from xml.etree import ElementTree

from ci.bench.report.wording import explanation, failing, next_step, parts
from ci.bench.results import Comparison, Result

#: Everything but the characters that XML 1.0 can hold and give back (sections 2.2 and 2.11).
_FORBIDDEN = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(comparison: Comparison, *, strict: bool = False) -> str:
    """A test case per benchmark: failed if it would end ``ci bench`` with 1, skipped if it has nothing to compare."""
    cases = [_case(comparison, result, strict=strict) for result in comparison.results]
    counts = {
        "tests": str(len(cases)),
        "failures": str(sum(case.find("failure") is not None for case in cases)),
        "errors": "0",
        "time": f"{comparison.seconds:.3f}",
    }
    skipped = sum(case.find("skipped") is not None for case in cases)
    root = ElementTree.Element("testsuites", {"name": "benchmarks", **counts})
    more = {"skipped": str(skipped), "timestamp": _clean(comparison.time)}
    suite = ElementTree.SubElement(root, "testsuite", {"name": "benchmarks", **counts, **more})
    suite.extend(cases)
    ElementTree.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ElementTree.tostring(root, encoding='unicode')}\n"


def _case(comparison: Comparison, result: Result, *, strict: bool) -> ElementTree.Element:
    """Named as pytest names it. ``time`` is that of one call on the head side, so that servers draw its trend."""
    classname, name = _names(result.id)
    case = ElementTree.Element("testcase", classname=classname, name=name, time=f"{result.head or 0:.9f}")
    said = _clean(explanation(result, comparison.base))
    if failing(result, strict=strict):
        failure = ElementTree.SubElement(case, "failure", message=said, type=result.answer)
        failure.text = _clean(next_step([result], comparison.base)) or said
    elif result.answer in ("unsure", "new", "gone"):
        ElementTree.SubElement(case, "skipped", message=said, type=result.answer)
    else:
        ElementTree.SubElement(case, "system-out").text = said
    return case


def _names(node: str) -> tuple[str, str]:
    """pytest's own rule: dots for the folders, and the last part of the node id is the test."""
    file, rest = parts(node)
    bare, bracket, parameters = rest.partition("[")
    *classes, name = bare.split("::")
    module = file.removesuffix(".py").replace("/", ".")
    return _clean(".".join(filter(None, [module, *classes]))), _clean(name + bracket + parameters)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
