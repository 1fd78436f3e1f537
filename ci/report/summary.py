"""A job's reports as Markdown, for an engine without pages of its own, and its findings as GitHub annotations.

Standard library only: it also has to work where the job's set-up failed half-way.
"""

import json
import os
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from ci.bench.report import wording
from ci.report.markdown import cell, code, short, table

#: What `ci bench` leaves beside the report of pytest-benchmark; its JUnit report says less of the same.
COMPARISON = "benchmark-comparison.json"
_COMPARISON_AS_JUNIT = "benchmark.xml"

#: GitHub shows ten annotations of a step.
_MOST_ANNOTATIONS = 50
_LONGEST_ANNOTATION = 4000  # characters


class Finding(NamedTuple):
    """Something a person should look at. ``file`` is "" and ``line`` 0 where they are not known."""

    file: str
    line: int
    title: str
    text: str


class Section(NamedTuple):
    """One report: its Markdown, and what it found."""

    markdown: str
    findings: tuple[Finding, ...] = ()


def junit(path: Path) -> Section:
    """A section of a JUnit report (pytest's ``--junitxml``)."""
    cases = list(ElementTree.parse(path).getroot().iter("testcase"))
    bad = [(case, found) for case in cases for found in [*case.findall("failure"), *case.findall("error")]]
    failed = len({id(case) for case, _found in bad})
    skipped = sum(case.find("skipped") is not None for case in cases)
    seconds = sum(float(case.get("time") or 0) for case in cases)
    counts = f"**{len(cases) - failed - skipped} passed, {failed} failed, {skipped} skipped** in {seconds:.1f} s"
    findings = tuple(_failure(case, found) for case, found in bad)
    rows = [[code(finding.title), cell(finding.text)] for finding in findings]
    return Section(f"{counts}\n{table(['Failed test', 'Message'], rows)}", findings)


def _failure(case: ElementTree.Element, found: ElementTree.Element) -> Finding:
    """pytest ends a failure's text with ``path:line: Error``; a class name is the dotted module."""
    name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
    places = re.findall(r"^([^\s:][^:\n]*\.py):(\d+): ", found.text or "", flags=re.MULTILINE)
    file, line = places[-1] if places else ("", "0")
    message = found.get("message") or (found.text or "").strip().rpartition("\n")[2]
    return Finding(file, int(line), name, message)


def benchmark(path: Path) -> Section:
    """A section of a pytest-benchmark report: a row per benchmark, times in a unit that fits."""
    data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    rows = [
        [code(entry["name"]), *(wording.time(stats[key]) for key in ("median", "iqr", "min")), f"{stats['rounds']:,}"]
        for entry in data["benchmarks"]
        for stats in [entry["stats"]]
    ]
    return Section(table(["Benchmark", "Median", "Interquartile range", "Fastest", "Rounds"], rows))


def comparison(path: Path) -> Section:
    """A section of what `ci bench` found: a row per benchmark, those that fail first."""
    found: Any = json.loads(path.read_text(encoding="utf-8"), object_hook=lambda entry: SimpleNamespace(**entry))
    results = sorted(found.results, key=lambda result: wording.ORDER.index(result.answer))
    head = ["Benchmark", "Base", "Head", "Change", "Interval", "Answer"]
    rows = table(head, [_compared(result) for result in results])
    findings = tuple(
        Finding(wording.parts(result.id)[0], 0, f"{wording.parts(result.id)[1]}: {result.answer}",
                wording.explanation(result, found.base))
        for result in results if wording.failing(result)
    )
    return Section(f"**{cell(wording.totals(found))}**\n{rows}", findings)


def _compared(result: Any) -> list[str]:
    interval = result.interval
    changed = [wording.change(interval.ratio), wording.spread(interval)] if interval else ["", ""]
    answer = f"**{result.answer}**" if wording.failing(result) else result.answer
    return [code(result.id), wording.time(result.base), wording.time(result.head), *changed, answer]


def flake8(path: Path) -> Section:
    """A section of flake8's output in its default format, ``path:line:column: code text``."""
    found = re.findall(r"^(.+?):(\d+):(\d+): (\S+) (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    findings = tuple(
        Finding(file.removeprefix("./"), int(line), f"flake8 {rule}", text) for file, line, _column, rule, text in found
    )
    rows = [[code(f"{one.file}:{one.line}"), cell(f"{one.title.split()[-1]} {one.text}")] for one in findings]
    counts = f"**{len(findings)} finding{'' if len(findings) == 1 else 's'}** of flake8"
    return Section(f"{counts}\n{table(['Place', 'Finding'], rows)}", findings)


READERS = {"junit": junit, "comparison": comparison, "benchmark": benchmark, "flake8": flake8}

#: What each kind of report is, for people.
READ_FROM = {
    "junit": "A JUnit report, as of pytest --junitxml.",
    "comparison": "What `ci bench` found, as JSON.",
    "benchmark": "A report of pytest-benchmark, as JSON.",
    "flake8": "Output of flake8 in its default format.",
}


def sections(reports: Iterable[tuple[str, Path]]) -> Iterator[Section]:
    """A section for each (kind, path). A file that is missing or can't be read is said, and is no error of its own."""
    for kind, path in _with_comparisons(reports):
        try:
            yield READERS[kind](path)
        except FileNotFoundError:
            yield Section(f"No {kind} report: the job ended before {path.name} was written.\n")
        except KeyError as error:
            yield Section(f"The {kind} report {path.name} can't be read: it holds no {error}\n")
        except AttributeError as error:
            yield Section(f"The {kind} report {path.name} can't be read: it holds no {error.name!r}\n")
        except Exception as error:  # a report can hold anything, and the job's verdict must not depend on it
            yield Section(f"The {kind} report {path.name} can't be read: {cell(str(error))}\n")


def _with_comparisons(reports: Iterable[tuple[str, Path]]) -> Iterator[tuple[str, Path]]:
    """In front of a report of benchmarks, what the gate says of them, if it was the gate that measured; once."""
    given = list(reports)
    shown = {path for kind, path in given if kind == "comparison"}
    for kind, path in given:
        beside = path.with_name(COMPARISON)
        is_gates = beside.is_file() and (kind == "benchmark" or path.name == _COMPARISON_AS_JUNIT)
        if is_gates and beside not in shown:
            shown.add(beside)
            yield "comparison", beside
        if kind != "junit" or not is_gates:
            yield kind, path


def markdown(job: str, found: Iterable[Section]) -> str:
    """The summary of a job."""
    return f"### {cell(job)}\n\n" + "\n".join(section.markdown for section in found)


def annotations(found: Iterable[Section]) -> str:
    """GitHub workflow commands, one per finding, that show it beside the line it is about.

    Format and escaping: docs.github.com, "Workflow commands for GitHub Actions", and actions/toolkit's ``command.ts``.
    """
    findings = [finding for section in found for finding in section.findings][:_MOST_ANNOTATIONS]
    texts = [(finding.text or finding.title)[:_LONGEST_ANNOTATION] for finding in findings]
    return "".join(f"::error {_properties(one)}::{_data(text)}\n" for one, text in zip(findings, texts, strict=True))


def _properties(finding: Finding) -> str:
    given = {"file": finding.file, "line": str(finding.line or ""), "title": short(finding.title)}
    return ",".join(f"{key}={_property(value)}" for key, value in given.items() if value)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def summary_command(arguments: list[str]) -> int:
    """``ci summary JOB --junit FILE ...``: the summary, for GitHub or on standard output. Returns the exit code."""
    from ci.plain_arguments import Parser

    parser = Parser(
        "ci summary",
        description="Show a job's reports as Markdown.\n\n"
        "JOB is its name, for the heading. In $GITHUB_STEP_SUMMARY, else here; on GitHub findings as annotations too, "
        "and on TeamCity as its service messages.",
        example="ci summary test --junit reports/junit.xml",
    )
    parser.add_argument("job", metavar="JOB")
    for kind, title in READ_FROM.items():
        parser.add_argument(f"--{kind}", metavar="FILE", type=Path, help=title)
    options = vars(parser.parse_args(arguments))
    found = tuple(sections((kind, options[kind]) for kind in READERS if options[kind]))
    page = markdown(options["job"], found)
    if target := os.environ.get("GITHUB_STEP_SUMMARY"):
        with open(target, "a", encoding="utf-8") as file:
            file.write(page + "\n")
    elif "TEAMCITY_VERSION" in os.environ:
        from ci.report import teamcity

        print(*teamcity.messages((kind, options[kind]) for kind in READERS if options[kind]), sep="\n")
    else:
        print(page)
    if os.environ.get("GITHUB_ACTIONS") == "true":
        print(annotations(found), end="")
    return 0
