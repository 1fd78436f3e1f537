"""Static files that browsers keep for a year, and never show stale.

A template's `url_for("static", filename="page.css")` becomes `/static/page.css?v=<hash of its content>`. Only
an address with this server's own hash may be kept: during a deployment the old and the new release answer in
turn, and a browser must not keep the old file under the new address.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from app.release import Release


def register(app: Flask, release: Release) -> None:
    """Version the static files, except in development, where they change while the server runs."""
    if release.is_development or app.static_folder is None:
        return
    versions = _versions(Path(app.static_folder))

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and values.get("filename") in versions:
            values.setdefault("v", versions[values["filename"]])

    @app.after_request
    def let_browsers_keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            version = versions.get((request.view_args or {}).get("filename", ""))
            if version is not None and request.args.get("v") == version:
                response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _versions(folder: Path) -> dict[str, str]:
    """Map each file's path below the folder to a short hash of its content."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in folder.rglob("*")
        if path.is_file()
    }
