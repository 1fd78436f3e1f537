"""`GET /healthz`: the process answers, and which release it is. A deployment waits for this answer.

It does no I/O: a database that is down must not make the platform restart every server. Checks of what the
app depends on belong to a route of their own.
"""

from __future__ import annotations

from flask import Flask, Response, jsonify

from app.release import Release


def register(app: Flask, release: Release) -> None:
    """Add the route to the app."""

    @app.get("/healthz")
    def healthz() -> Response:
        response = jsonify(status="ok", release=release.name)
        response.headers["Cache-Control"] = "no-store"
        return response
