"""The headers of every answer: what browsers may do with it."""

from __future__ import annotations

from flask import Flask, Response, request

_HEADERS = {
    # Everything comes from this server, so inline styles and scripts do not work, by design.
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",
}
_ONE_YEAR = 365 * 24 * 3600  # seconds


def register(app: Flask) -> None:
    """Set the headers after each request, errors included."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache")  # a page shows its release, so it must be fresh
    if request.is_secure:  # over http browsers ignore it
        response.headers["Strict-Transport-Security"] = f"max-age={_ONE_YEAR}"
    return response
