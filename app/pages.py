"""The pages that people look at."""

from __future__ import annotations

from flask import Flask, render_template

from app.release import Release


def register(app: Flask, release: Release) -> None:
    """Add the pages to the app."""
    # No empty lines in the page where the template has a tag.
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.get("/")
    def home() -> str:
        return render_template("home.html", release=release)
