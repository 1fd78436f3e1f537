"""`GET /healthz`: what a deployment and a container wait for."""

from __future__ import annotations

from app import create_app
from app.config import Config
from app.release import Release


def test_it_names_the_release() -> None:
    answer = create_app(Config(), Release("4f2a9c1d07be")).test_client().get("/healthz")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.json == {"status": "ok", "release": "4f2a9c1d07be"}


def test_no_cache_keeps_it() -> None:
    answer = create_app(Config(), Release()).test_client().get("/healthz")
    assert answer.headers["Cache-Control"] == "no-store"
