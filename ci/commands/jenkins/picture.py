"""A build as people look at it: result, cause, parameters, stages along the time, failed tests, artifacts."""

import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ci.commands.jenkins import wording
from ci.commands.jenkins.screen import Line, cells, padded, plain, shortened

if TYPE_CHECKING:
    from ci.jenkins import Artifact, Build, Given, InputRequest, Stage, TestCase, TestReport

_WIDEST_BAR = 40
_NARROWEST_BAR = 10
_LONGEST_NAME = 30
_SHORTEST_NAME = 8
#: Columns of a stage's line for its mark and its time.
_BESIDE_NAME = 18
_NARROWEST = 24
#: Lines of a failed test's message, and artifacts, that are shown.
_MESSAGE_LINES = 6
_MOST = 20


class Parts(NamedTuple):
    """What is known of a build besides itself; None is not asked."""

    stages: "tuple[Stage, ...] | None" = None
    tests: "TestReport | None" = None
    artifacts: "tuple[Artifact, ...] | None" = None
    inputs: "tuple[InputRequest, ...] | None" = None


def whole(build: "Build", parts: Parts, *, width: int) -> Iterator[Line]:
    """The whole picture, ``width`` columns wide where it can be."""
    yield wording.headline(build)
    yield Line(f"  {plain(build.url)}", "dim")
    began = (f"started {wording.moment(build.started)}", *map(plain, build.causes))
    yield from _wrapped("; ".join(began), width, "dim")
    yield from _wrapped(plain(build.description or ""), width)
    yield from _waiting(build, parts.inputs or ())
    yield from _titled("Parameters", parameters(build.parameters))
    yield from _titled("Stages", stages(parts.stages or (), width=width))
    if parts.tests:
        yield from _titled("Tests", tests(parts.tests, width=width))
    yield from _titled("Artifacts", artifacts(parts.artifacts or ()))


def _titled(title: str, lines: Iterable[Line]) -> Iterator[Line]:
    lines = list(lines)
    if lines:
        yield Line("")
        yield Line(title, "bold")
        yield from lines


def _waiting(build: "Build", inputs: "Sequence[InputRequest]") -> Iterator[Line]:
    for one in inputs:
        yield Line(f"? waits for approval: {plain(one.message)}", "cyan")
        yield Line(f"  ci jenkins approve {wording.arguments(build)} --id {shlex.quote(plain(one.id))}")


def parameters(given: "Sequence[Given]") -> Iterator[Line]:
    """A line each; Jenkins does not tell passwords and files."""
    longest = max((cells(plain(one.name)) for one in given), default=0)
    for one in given:
        value = "(not shown)" if one.value is None else _value(one.value)
        yield Line(f"  {padded(plain(one.name), longest)}  {value}".rstrip())


def _value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else plain(str(value))


def stages(found: "Sequence[Stage]", *, width: int) -> Iterator[Line]:
    """A line each, with a bar from its start to its end if there is room; the error of a failed one below."""
    names = [shortened(plain(one.name), max(min(width - _BESIDE_NAME, _LONGEST_NAME), _SHORTEST_NAME)) for one in found]
    longest = max(map(cells, names), default=0)
    columns = min(width - longest - _BESIDE_NAME, _WIDEST_BAR)
    bars = _bars(found, columns) if columns >= _NARROWEST_BAR else [""] * len(found)
    for one, name, bar in zip(found, names, bars, strict=True):
        symbol, colour = wording.mark(one.status)
        took = wording.duration(one.duration) if _began(one) else one.status
        yield Line(f"{symbol} {padded(name, longest)}  {took:>12}  {bar}".rstrip(), colour)
        yield from _wrapped(plain(one.error or ""), width, indent=4)


def _began(stage: "Stage") -> bool:
    """Jenkins gives a start and a duration of a stage that was left out, too."""
    return stage.started is not None and stage.status not in ("not executed", "skipped")


def _bars(found: "Sequence[Stage]", columns: int) -> list[str]:
    """When each stage ran, along one time axis; lighter at its end for the time it waited for people."""
    starts = [one.started.timestamp() if one.started and _began(one) else 0.0 for one in found]
    first = min((start for start in starts if start), default=0.0)
    last = max((start + one.duration for start, one in zip(starts, found, strict=True) if start), default=first)
    scale = columns / max(last - first, 0.001)
    bars = []
    for start, one in zip(starts, found, strict=True):
        if not start:
            bars.append("")
            continue
        before = min(int((start - first) * scale), columns - 1)
        length = max(min(round(one.duration * scale), columns - before), 1)
        light = min(round(one.paused * scale), length)
        bars.append(" " * before + "█" * (length - light) + "░" * light)
    return bars


def tests(report: "TestReport", *, width: int) -> Iterator[Line]:
    """The totals, and each test that was asked for, with its message."""
    counts = report.counts
    skipped = f", {counts.skipped} skipped" if counts.skipped else ""
    yield Line(f"  {counts.failed} of {wording.total(counts.total, 'test')} failed{skipped}")
    for case in report.cases:
        yield from _test(case, width)


def _test(case: "TestCase", width: int) -> Iterator[Line]:
    symbol, colour = wording.mark("success" if case.status == "passed" else case.status)
    name = ".".join(filter(None, (plain(case.class_name), plain(case.name))))
    since = f" (since #{case.failed_since})" if case.failed_since and case.age > 1 else ""
    yield Line(f"{symbol} {name}{since}", colour)
    for line in (case.message or "").splitlines()[:_MESSAGE_LINES]:
        yield from _wrapped(plain(line), width, indent=4)


def _wrapped(text: str, width: int, style: str = "", *, indent: int = 2) -> Iterator[Line]:
    for line in textwrap.wrap(text, max(width, _NARROWEST) - indent):
        yield Line(f"{' ' * indent}{line}", style)


def artifacts(found: "Sequence[Artifact]") -> Iterator[Line]:
    """A path each, the first ones if they are many."""
    for one in found[:_MOST]:
        yield Line(f"  {plain(one.path)}")
    if len(found) > _MOST:
        yield Line(f"  and {len(found) - _MOST} more (--json shows all)")
