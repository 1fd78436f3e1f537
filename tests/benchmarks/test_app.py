"""How long the app takes for a request, without a socket: figures to compare from commit to commit.

Write the benchmarks of your own pages like these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from pytest_benchmark.fixture import BenchmarkFixture
from werkzeug.test import create_environ, run_wsgi_app

from app import create_app
from app.config import Config
from app.release import Release

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

RELEASE = Release(
    name="4f2a9c1d07be",
    commit="4f2a9c1d07be5a1f6e3b2c4d8a9e0f1122334455",
    built=datetime(2026, 11, 22, 9, 10, 11, tzinfo=timezone.utc),
    checks=("lint", "test (3.11)", "test (3.13)", "benchmark"),
    repository="https://github.com/example/shop",
)

# Without pauses for garbage, which hit some rounds and not others; the first rounds only fill caches.
pytestmark = pytest.mark.benchmark(group="app", disable_gc=True, warmup=True, warmup_iterations=100)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app, with a log that is written to nowhere, and not collected by pytest."""
    app = create_app(Config(), RELEASE)
    monkeypatch.setattr(app.logger, "propagate", False)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        monkeypatch.setattr("sys.stdout", nowhere)
        yield app


def status_of(app: Flask, environ: WSGIEnvironment) -> str:
    """Ask the app as a server would, read the answer whole, and return its status."""
    _, status, _ = run_wsgi_app(app, environ.copy(), buffered=True)
    return status


def test_page(benchmark: BenchmarkFixture, app: Flask) -> None:
    assert benchmark(status_of, app, create_environ("/")) == "200 OK"


def test_health(benchmark: BenchmarkFixture, app: Flask) -> None:
    assert benchmark(status_of, app, create_environ("/healthz")) == "200 OK"
