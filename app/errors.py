"""Pages for what goes wrong. The traceback goes to the log, never to the client."""

from __future__ import annotations

from flask import Flask, render_template
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from app.logs import request_id

# What to tell people; for any other status Werkzeug's own sentence is shown.
_EXPLANATIONS = {
    404: "There is no page at this address. It may have moved, or the address has a typing error.",
    405: "This page exists, but not for this kind of request.",
    500: "Something broke on our side. It has been logged, and the number below finds it in the log.",
}


def register(app: Flask) -> None:
    """Answer every HTTP error, an exception included, with a page of the app."""
    app.register_error_handler(HTTPException, _error_page)


def _error_page(error: HTTPException) -> Response:
    response = error.get_response()  # keeps the error's headers, such as Allow
    code = error.code or 500
    response.set_data(
        render_template(
            "error.html",
            code=code,
            name=error.name,
            explanation=_EXPLANATIONS.get(code, error.description),
            request_id=request_id() if code >= 500 else None,
        )
    )
    response.headers["Cache-Control"] = "no-store"
    return response
