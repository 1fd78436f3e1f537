"""How findings are said, alike on the terminal, in JUnit, in Markdown and on the page.

Standard library only, since the Markdown is also made where no environment exists (`ci summary`).
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from datetime import datetime, timezone
from shlex import quote
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ci.bench.drift import Drift
    from ci.bench.results import Answer, Commit, Comparison, Interval, Result

#: In front of an answer. Those of a summary's table are the same (ci/report/run_lines.py).
MARKS: dict[Answer, str] = {
    "slower": "✗", "broken": "✗", "unsure": "?", "same": "✓", "faster": "✓", "new": "+", "gone": "-",
}

#: The worst first: the order in which answers are counted.
ORDER: tuple[Answer, ...] = ("broken", "slower", "unsure", "same", "faster", "new", "gone")

_UNTOLD = "no reason was given"
_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def failing(result: Result, *, strict: bool = False) -> bool:
    """Whether this result alone would end ``ci bench`` with exit code 1."""
    return result.answer in ("slower", "broken") or (strict and result.answer == "unsure")


def time(seconds: float | None) -> str:
    """A time in a unit that fits, with three digits: ``1.23 ms``; nothing for a time that was not measured."""
    if seconds is None:
        return ""
    size, unit = next(((size, unit) for size, unit in _UNITS if seconds >= 0.9995 * size), _UNITS[-1])
    number = seconds / size
    digits = 2 if number < 9.995 else 1 if number < 99.95 else 0
    return f"{number:,.{digits}f} {unit}"


def change(ratio: float) -> str:
    """A ratio as the change that it is: ``+7.2 %`` for 1.072."""
    percent = 100 * (ratio - 1)
    return "0.0 %" if abs(percent) < 0.05 else f"{percent:+,.{_digits(percent)}f} %"


def spread(interval: Interval) -> str:
    """Both ends of an interval: ``+6.1 to +8.4 %``."""
    return f"{change(interval.low).removesuffix(' %')} to {change(interval.high)}"


def tick(ratio: float) -> str:
    """A round change below a scale: ``+5 %``."""
    return "0 %" if ratio == 1 else f"{100 * (ratio - 1):+.3g} %"


def share(part: float) -> str:
    """A tolerance as people write it: ``5 %``, ``2.5 %``."""
    return f"{100 * part:.4g} %"


def explanation(result: Result, base: Commit | None) -> str:
    """One result as a sentence, without the name of the benchmark and without a full stop.

    ``base`` names what the head was compared with.
    """
    name = base.name if base else "the base"
    interval = result.interval
    match result.answer:
        case "slower" | "faster" if interval:
            percent = abs(100 * (interval.ratio - 1))
            limit = f"; {share(result.tolerance)} are allowed" if result.answer == "slower" else ""
            size = f"{percent:,.{_digits(percent)}f} % {result.answer} than {name}"
            said = f"{size} (between {change(interval.low)} and {change(interval.high)}){limit}"
        case "unsure" if interval:
            size = f"between {change(interval.low)} and {change(interval.high)} against {name}"
            return f"{size}, and {share(result.tolerance)} are allowed: {result.message or _UNTOLD}"
        case "unsure":
            return f"not measured: {result.message or _UNTOLD}"
        case "same" if interval:
            said = f"as fast as {name}, within {share(result.tolerance)} (between {change(interval.low)} and " \
                   f"{change(interval.high)})"
        case "new":
            said = f"new: {name} does not have it"
        case "gone":
            said = f"gone: only {name} has it"
        case "broken":
            return f"could not be measured: {result.message or _UNTOLD}"
        case _:
            said = result.answer
    return f"{said}; {result.message}" if result.message else said


def totals(comparison: Comparison) -> str:
    """All results in one line: ``1 of 10 benchmarks is slower than main: 1 slower, 9 same; measured in 42 s``."""
    if not comparison.results:
        return "no benchmark was found on either side"
    answers = [result.answer for result in comparison.results]
    counts = ", ".join(f"{answers.count(answer)} {answer}" for answer in ORDER if answer in answers)
    benchmarks = f"{len(answers)} benchmark{'' if len(answers) == 1 else 's'}"
    against = f" against {comparison.base.name}" if comparison.base else ", nothing to compare with"
    return f"{benchmarks}{against}: {counts}; measured in {comparison.seconds:.0f} s"


def next_step(failed: Sequence[Result], base: Commit | None) -> str:
    """What to do about benchmarks that are slower, as a command and a choice; nothing if none is."""
    slower = [result for result in failed if result.answer == "slower"]
    if not slower:
        return ""
    compared = f"--base {quote(base.name) if base else 'REF'}"
    return (
        f"measure again: ci bench {compared} -k {expression(slower[0].id)}\n"
        f"slower on purpose? allow more in this commit: @pytest.mark.benchmark_gate(tolerance={_enough(slower)})"
    )


def more_certainty(results: Sequence[Result]) -> str:
    """What to do about benchmarks that are unsure; nothing if none is."""
    unsure = [result for result in results if result.answer == "unsure"]
    beyond = [result for result in unsure if result.interval and result.interval.ratio > 1 + result.tolerance]
    looks = f", {len(beyond)} of them perhaps slower than allowed" if beyond else ""
    return f"{len(unsure)} unsure{looks}: measure longer, as --budget 3m, or fewer of them, with -k" if unsure else ""


def _enough(slower: Sequence[Result]) -> str:
    """A tolerance that would let all of them pass, in steps of 0.05."""
    farthest = max((result.interval.high for result in slower if result.interval), default=1.0)
    return f"{math.ceil(round(20 * (farthest - 1), 6)) / 20:.2f}"


def by_file(results: Sequence[Result]) -> dict[str, list[Result]]:
    """Results with those of one file together, in the order in which the files come first."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(parts(result.id)[0], []).append(result)
    return found


def drift(found: Drift) -> str:
    """A slow drift as a sentence with the command that makes sure, without the name of the benchmark."""
    each = 100 * (found.ratio ** (1 / found.commits) - 1)
    left = "" if abs(found.now / found.ratio - 1) < 0.02 else f", now {change(found.now)}"
    return (
        f"{change(found.ratio)} in {found.commits} commits, about {each:.1f} % each, since {found.since.id[:10]}"
        f"{left}; make sure: ci bench --base {found.before.id[:10]} -k {expression(found.id)}"
    )


def expression(node: str) -> str:
    """A word for ``-k`` that selects the benchmark ``node``: its function's name."""
    name = parts(node)[1].partition("[")[0].rpartition("::")[2]
    return name if name.isidentifier() else "EXPRESSION"


def parts(node: str) -> tuple[str, str]:
    """A node id as file (or "") and the rest: ``tests/test_app.py``, ``TestPages::test_index[large]``."""
    head, bracket, parameters = node.partition("[")
    file, found, name = head.partition("::")
    return (file, name + bracket + parameters) if found else ("", node)


def moment(text: str) -> str:
    """A time as people write it: ``22 November 2026, 09:10 UTC``; as it is if it is none of ours."""
    try:
        found = datetime.fromisoformat(text).astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return text
    return f"{found.day} {found:%B %Y, %H:%M} UTC"


def shortened(name: str, longest: int) -> str:
    """A name of at most ``longest`` letters. The middle goes: the beginning says what, the end which parameters."""
    if len(name) <= longest:
        return name
    kept = longest - 1
    return f"{name[:kept - kept // 2]}…{name[len(name) - kept // 2:]}"


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns; a number stays beside its per cent sign."""
    lines = textwrap.wrap(together(text), max(width, 20), break_on_hyphens=False, subsequent_indent="  ")
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def together(text: str) -> str:
    """Text in which no line will begin with a per cent sign."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def commit(side: Commit) -> str:
    """A commit as people know it: ``main (4f2a9c1d07)``, ``working tree on 4f2a9c1d07``."""
    short = side.id[:10]
    changed = ", with changes that are not committed" if side.dirty else ""
    named = f"{side.name} ({short})" if side.name and not side.id.startswith(side.name) else short
    return named + changed


def _digits(percent: float) -> int:
    return 1 if abs(percent) < 99.95 else 0
