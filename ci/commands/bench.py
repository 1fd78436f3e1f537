"""``ci bench``."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import find_root, load

if TYPE_CHECKING:
    from ci.bench.measure import Settings
    from ci.model import Bench

REPORTS = "reports"


def _of_form(kind: str) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Accept texts of a form that the definition has too: ``kind`` is its name in the model."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
        import msgspec

        from ci import model

        form = getattr(model, kind)
        try:
            msgspec.convert(value, form | None)
        except msgspec.ValidationError:
            said = form.__metadata__[0].description.rstrip(".")
            raise click.BadParameter(f"{value!r} is not {said[0].lower()}{said[1:]}") from None
        return value

    return check


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option("--base", "ref", metavar="REF", help="The commit to compare with; without it, the one that this "
              "branch started from.")
@click.option("--tolerance", metavar="SHARE", callback=_of_form("Share"), help="How much slower is too slow, as 5%.")
@click.option("--budget", metavar="TIME", callback=_of_form("Duration"), help="Time for measuring, as 60s.")
@click.option("-k", "select", metavar="EXPR", default="", help="Only benchmarks that match, as pytest's -k.")
@click.option("--strict", is_flag=True, help="Fail too where the budget left doubt.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON on standard output.")
@click.option("--calibrate", is_flag=True, help="Say how often the gate would be wrong on this machine.")
def bench(
    *, paths: tuple[str, ...], ref: str | None, tolerance: str | None, budget: str | None, select: str, strict: bool,
    as_json: bool, calibrate: bool,
) -> int:
    """Fail if this commit made a benchmark slower.

    Measures the pytest-benchmark tests of the working tree against those of the commit that it started from, in turns
    of a few milliseconds. PATH and the options stand for what [bench] in ci/pipeline.toml says. Exit code 0, 1 if a
    benchmark is slower than the tolerance allows or broken, 2 for a wrong call, 130 on Ctrl-C.

    \b
    ci bench                          against where this branch left the default one
    ci bench --base v1.2              against a release
    ci bench tests/benchmarks -k page --tolerance 2%
    ci bench --calibrate              which tolerance can this machine hold?
    """
    root = find_root()
    pipeline = load(root)[0].pipeline
    settings = _settings(pipeline.bench, _below(root, paths), tolerance, budget, select)
    if calibrate:
        return _calibrate(root, settings)
    return _compare(
        root, settings, ref, pipeline.default_branch, strict=strict or pipeline.bench.strict, as_json=as_json
    )


def _below(root: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths as the user wrote them, seen from the root; behind ``::`` there may be a test's name."""
    return tuple(os.path.relpath(Path.cwd() / path, root) for path in paths)


def _settings(
    said: "Bench", paths: tuple[str, ...], tolerance: str | None, budget: str | None, select: str
) -> "Settings":
    from ci import values
    from ci.bench.measure import Settings

    return Settings(
        paths=paths or said.paths,
        tolerance=values.share(tolerance or said.tolerance),
        budget=values.seconds(budget or said.budget),
        select=select,
    )


def _compare(
    root: Path, settings: "Settings", ref: str | None, default_branch: str, *, strict: bool, as_json: bool
) -> int:
    from ci.bench import gate
    from ci.bench.progress import ProgressLine
    from ci.bench.report import document, junit, terminal

    shown = ProgressLine()
    options = gate.Options(settings=settings, default_branch=default_branch, ref=ref)
    reports = root / REPORTS
    reports.mkdir(exist_ok=True)
    try:
        comparison = gate.measure(
            root, options, report=reports / "benchmark.json", watch=shown.watch, say=shown.say
        )
    finally:
        shown.clear()
    text = document.write(comparison)
    (reports / "benchmark-comparison.json").write_text(text, "utf-8")
    (reports / "benchmark-junit.xml").write_text(junit.render(comparison, strict=strict), "utf-8")
    if as_json:
        click.echo(text, nl=False)
    else:
        terminal.show(comparison, sys.stdout, strict=strict)
    return comparison.exit_code(strict=strict)


def _calibrate(root: Path, settings: "Settings") -> int:
    from ci.bench import gate
    from ci.bench.progress import ProgressLine

    shown = ProgressLine()
    try:
        found = gate.measure_machine(root, settings, watch=shown.watch, say=shown.say)
    finally:
        shown.clear()
    click.echo(found)
    return 0
