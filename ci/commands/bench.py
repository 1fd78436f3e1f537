"""``ci bench``."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ci.commands import find_root, load
from ci.errors import UsageError

if TYPE_CHECKING:
    from ci.bench.settings import Settings
    from ci.model import Bench, Pipeline

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
@click.option("--history", "with_history", is_flag=True, help="Measure nothing: draw what earlier runs found.")
def bench(
    *, paths: tuple[str, ...], ref: str | None, tolerance: str | None, budget: str | None, select: str, strict: bool,
    as_json: bool, calibrate: bool, with_history: bool,
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
    if calibrate or with_history:
        _refuse("--calibrate" if calibrate else "--history", {
            "--history": calibrate and with_history, "--base": ref, "--json": as_json, "--strict": strict,
            **({} if calibrate else {"PATH": paths, "-k": select, "--tolerance": tolerance, "--budget": budget}),
        })
    root = find_root()
    pipeline = load(root)[0].pipeline
    if with_history:
        return _show_history(root, _history_folder(root, pipeline))
    settings = _settings(pipeline.bench, _below(root, paths), tolerance, budget, select)
    if calibrate:
        return _calibrate(root, settings)
    return _compare(root, settings, ref, pipeline, strict=strict or pipeline.bench.strict, as_json=as_json)


def _refuse(option: str, others: dict[str, object]) -> None:
    """Raise click.UsageError for what was given beside an ``option`` that it says nothing to."""
    if given := [name for name, value in others.items() if value]:
        raise click.UsageError(f"{option} has no use for {' and '.join(given)}")


def _below(root: Path, paths: tuple[str, ...]) -> tuple[str, ...]:
    """Paths as the user wrote them, seen from the root; behind ``::`` there may be a test's name."""
    parts = (path.partition("::") for path in paths)
    return tuple(f"{os.path.relpath(Path.cwd() / file, root)}{mark}{test}" for file, mark, test in parts)


def _settings(
    said: "Bench", paths: tuple[str, ...], tolerance: str | None, budget: str | None, select: str
) -> "Settings":
    from ci import values
    from ci.bench.settings import Settings

    return Settings(
        paths=paths or said.paths,
        tolerance=values.share(tolerance or said.tolerance),
        budget=values.seconds(budget or said.budget),
        select=select,
    )


def _compare(
    root: Path, settings: "Settings", ref: str | None, pipeline: "Pipeline", *, strict: bool, as_json: bool
) -> int:
    from ci.bench import gate, history, outputs
    from ci.bench.progress import ProgressLine
    from ci.bench.report import document, terminal

    shown, reports = ProgressLine(), root / REPORTS
    kept = _folder_or_none(root, pipeline, shown.say)
    options = gate.Options(settings=settings, default_branch=pipeline.default_branch, ref=ref)
    outputs.clear(reports)
    try:
        measured = gate.measure(root, options, report=reports / outputs.READINGS, watch=shown.watch, say=shown.say)
    finally:
        shown.clear()
    comparison = measured.comparison
    is_whole = settings.paths == pipeline.bench.paths and not settings.select
    if kept and measured.is_step and is_whole:
        outputs.remember(comparison, kept, shown.say)
    runs = history.read(kept) if kept else history.History()
    outputs.write(comparison, reports, strict=strict, runs=runs)
    if as_json:
        click.echo(document.write(comparison), nl=False)
    else:
        terminal.show(comparison, sys.stdout, strict=strict)
    return comparison.exit_code(strict=strict)


def _history_folder(root: Path, pipeline: "Pipeline") -> Path | None:
    """Where the history is kept. Raises UsageError where ``~`` stands for nothing, as in a container without users."""
    folder = pipeline.bench.history
    try:
        return root / Path(folder).expanduser() if folder else None
    except RuntimeError:
        raise UsageError(f"no history: {folder} is below the home, and this user has none; set HOME") from None


def _folder_or_none(root: Path, pipeline: "Pipeline", say: Callable[[str], None]) -> Path | None:
    """The same for the gate, which judges without a history too."""
    try:
        return _history_folder(root, pipeline)
    except UsageError as error:
        say(str(error))
        return None


def _show_history(root: Path, folder: Path | None) -> int:
    from ci.bench import history, outputs
    from ci.bench.report import terminal
    if folder is None:
        raise UsageError("no history is kept: name a folder for it, as [bench] history = \"~/.cache/...\"")
    found = history.read(folder)
    for name in found.unreadable:
        click.echo(f"left out, since it can't be read: {name}", err=True)
    if not found.runs:
        raise UsageError(f"there is no run in {folder} yet: `ci bench` on the default branch adds one")
    terminal.show_history(found, sys.stdout)
    click.echo(f"as a page: {outputs.write_history(found, root / REPORTS).relative_to(root)}")
    return 0


def _calibrate(root: Path, settings: "Settings") -> int:
    from ci.bench import gate
    from ci.bench.progress import ProgressLine
    from ci.bench.report import calibration

    shown = ProgressLine()
    try:
        found = gate.measure_machine(root, settings, watch=shown.watch, say=shown.say)
    finally:
        shown.clear()
    click.echo("\n".join(calibration.table(found)))
    return 0
