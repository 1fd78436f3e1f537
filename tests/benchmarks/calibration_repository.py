"""What the calibration measures: two checkouts of a small Flask site that differ by a known amount of work."""

import statistics
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

#: Lines of the page of the base.
LINES = 400

SITE = dedent(
    '''
    """A page of LINES lines, each rendered on its own: more of them is more of the same work."""

    from flask import Flask

    LINES = {lines}
    app = Flask(__name__)
    line = app.jinja_env.from_string("<li>{{{{ n }}}}</li>")


    @app.get("/")
    def index():
        return "".join(line.render(n=n) for n in range(LINES))
    '''
)
BENCHMARKS = dedent(
    """
    import json

    import pytest
    from site_app import app


    def test_page(benchmark):
        assert benchmark(app.test_client().get, "/").status_code == 200


    @pytest.mark.parametrize("size", [1000, 2000, 4000])
    def test_sum(benchmark, size):
        benchmark(lambda: sum(number * number for number in range(size)))


    @pytest.mark.parametrize("size", [1000, 2000, 4000])
    def test_json(benchmark, size):
        benchmark(json.dumps, list(range(size)))


    @pytest.mark.parametrize("size", [1000, 2000, 4000])
    def test_dict(benchmark, size):
        benchmark(lambda: {str(number): number for number in range(size)})
    """
)
#: Prints the share of a page's time that has nothing to do with its lines.
OVERHEAD = dedent(
    """
    import statistics, time
    import site_app

    def seconds(lines):
        site_app.LINES = lines
        start = time.thread_time()
        get("/")
        return time.thread_time() - start

    get, all = site_app.app.test_client().get, site_app.LINES
    seconds(all)
    print(statistics.median(seconds(0) / seconds(all) for _ in range(100)))
    """
)


def make(folder: Path, *, lines: int) -> Path:
    """A checkout whose page has so many lines."""
    (folder / "tests" / "benchmarks").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (folder / "site_app.py").write_text(SITE.format(lines=lines))
    (folder / "tests" / "benchmarks" / "test_site.py").write_text(BENCHMARKS)
    return folder


def lines_for(slowdown: float, overhead: float) -> int:
    """How many lines make the page slower by this share."""
    return round(LINES * (1 + slowdown / (1 - overhead)))


def overhead(folder: Path) -> float:
    """The share of a page's time in a checkout that its lines don't take: the median of several processes."""
    command = [sys.executable, "-c", OVERHEAD]
    found = [subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True) for _ in range(3)]
    return statistics.median(float(one.stdout) for one in found)
