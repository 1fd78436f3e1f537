"""What the calibration measures: two checkouts of a small Flask site that differ by a known amount of work."""

import statistics
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

SITE = dedent(
    '''
    """A page that lists a hundred things, and does EXTRA units of work on top."""

    from flask import Flask, render_template_string

    EXTRA = {extra}
    PAGE = "<ul>{{% for n in things %}}<li>{{{{ n }}}} {{{{ n * n }}}}</li>{{% endfor %}}</ul>"
    app = Flask(__name__)


    def work(units):
        total = 0
        for number in range(units):
            total += number
        return total


    @app.get("/")
    def index():
        work(EXTRA)
        return render_template_string(PAGE, things=range(100))
    '''
)
BENCHMARKS = dedent(
    """
    import json

    import pytest
    from site_app import app, work


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
#: Prints how many units of work make a page take twice as long: median of processor time, in turns with and without.
UNITS = dedent(
    """
    import statistics, time
    import site_app

    def seconds(extra):
        site_app.EXTRA = extra
        start = time.thread_time()
        get("/")
        return time.thread_time() - start

    get, many = site_app.app.test_client().get, 10_000
    shares = [seconds(many) / seconds(0) - 1 for _ in range(600)]
    print(many / statistics.median(shares[100:]))
    """
)


def make(folder: Path, *, extra: int) -> Path:
    """A checkout whose page does ``extra`` units of work on top."""
    (folder / "tests" / "benchmarks").mkdir(parents=True)
    (folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    (folder / "site_app.py").write_text(SITE.format(extra=extra))
    (folder / "tests" / "benchmarks" / "test_site.py").write_text(BENCHMARKS)
    return folder


def units(folder: Path) -> float:
    """How many units of work take as long as a page of the checkout: the median of several processes."""
    command = [sys.executable, "-c", UNITS]
    found = [subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True) for _ in range(5)]
    return statistics.median(float(one.stdout) for one in found)
