"""Pages for what goes wrong. The traceback goes to the log, never to the client."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, render_template, request
from werkzeug.exceptions import BadHost, HTTPException, SecurityError
from werkzeug.wrappers import Response

from app.logs import request_id

# A title and an explanation for people; any other error shows Werkzeug's own words.
_WORDS = {
    404: ("Page not found", "There is nothing at this address. It may have moved, or been mistyped."),
    405: ("Not possible here", "This page exists, but not for this kind of request."),
    500: ("Something broke", "It is not your fault, and it has been logged under the number below."),
}
_WRONG_HOST = ("Wrong address", "Nothing is served here under the host name of this request.")


def register(app: Flask) -> None:
    """Answer every HTTP error, an exception included, with a page of the app."""
    app.register_error_handler(HTTPException, _error_page)


def _error_page(error: HTTPException) -> Response:
    response = error.get_response()  # keeps the error's headers, such as Allow
    try:
        response.set_data(_html(error))
    except Exception:  # what broke the page that was asked for, a base template for example, breaks this one too
        current_app.logger.exception("the error page can't be shown")
    response.headers["Cache-Control"] = "no-store"
    return response


def _html(error: HTTPException) -> str:
    code = error.code or 500
    title, explanation = _WORDS.get(code, (error.name, error.description))
    more: dict[str, Any] = {}
    if isinstance(error, (BadHost, SecurityError)):  # it can't be, or TRUSTED_HOSTS does not list it
        title, explanation = _WRONG_HOST
        more = {"url_for": _url_for}
    number = request_id() if code >= 500 else None
    return render_template("error.html", code=code, title=title, explanation=explanation, number=number, **more)


def _url_for(endpoint: str, **values: Any) -> str:
    """Build the path of an address, as Flask's `url_for` does for every request but those with a wrong host."""
    current_app.inject_url_defaults(endpoint, values)
    return current_app.url_map.bind("", script_name=request.script_root).build(endpoint, values)
