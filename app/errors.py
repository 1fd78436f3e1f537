"""Pages for what goes wrong. The traceback goes to the log, never to the client."""

from __future__ import annotations

from flask import Flask, render_template
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.wrappers import Response

from app.logs import request_id

# A title and an explanation for people; any other error shows Werkzeug's own words.
_WORDS = {
    404: ("Page not found", "There is nothing at this address. It may have moved, or been mistyped."),
    405: ("Not possible here", "This page exists, but not for this kind of request."),
    500: ("Something broke", "It is not your fault, and it has been logged under the number below."),
}


def register(app: Flask) -> None:
    """Answer every HTTP error, an exception included, with a page of the app."""
    app.register_error_handler(HTTPException, _error_page)


def _error_page(error: HTTPException) -> Response:
    response = error.get_response()  # keeps the error's headers, such as Allow
    if isinstance(error, BadHost):  # then there is no address that a link of the page could begin with
        return response
    code = error.code or 500
    title, explanation = _WORDS.get(code, (error.name, error.description))
    number = request_id() if code >= 500 else None
    response.set_data(
        render_template("error.html", code=code, title=title, explanation=explanation, number=number)
    )
    response.headers["Cache-Control"] = "no-store"
    return response
