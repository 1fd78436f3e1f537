"""Logs on standard output in logfmt, and exactly one line for each request.

The app writes this line itself and gunicorn's access log is off: gunicorn writes the decoded path with its
newlines, so `GET /%0aforged` would add a line of the caller's choice, and it knows no request id if the
caller sends none. What never reaches the app, such as a malformed request line, only gunicorn can log.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
import time
from datetime import datetime, timezone
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from werkzeug.local import LocalProxy

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_NEEDS_NO_QUOTES = re.compile(r"""[!#-<>-\[\]-~]+""")  # printable ASCII without space, quote, = and backslash
_LONGEST_VALUE = 300  # characters, so that no caller can fill the log with a few requests
# What `sys.stdout` is when a line is written, not when the app is built: pytest exchanges it between the two.
_standard_output: Any = LocalProxy(lambda: sys.stdout)
_logger = logging.getLogger("app.requests")


def register(app: Flask) -> None:
    """Send the app's logs to standard output and write a line after each request.

    Register this before everything else: Flask runs what was registered first last after a request.
    """
    handler = logging.StreamHandler(_standard_output)
    handler.setFormatter(LogfmtFormatter())
    app.logger.handlers = [handler]
    app.logger.setLevel(logging.INFO)
    app.before_request(_start)
    app.after_request(_finish)


def request_id() -> str:
    """Return the id of this request: the caller's X-Request-Id if it is harmless, else one of our own."""
    if "request_id" not in g:
        sent = request.headers.get("X-Request-Id", "")
        g.request_id = sent if _REQUEST_ID.fullmatch(sent) else secrets.token_hex(16)
    return str(g.request_id)


def logfmt(**fields: object) -> str:
    """Write fields as `key=value`; a value with any but plain characters is quoted and escaped as in JSON."""
    return " ".join(f"{key}={_value(field)}" for key, field in fields.items())


class LogfmtFormatter(logging.Formatter):
    """Writes a record as one line, and a traceback indented below it, where it cannot pass for a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record. A record of this module brings its own fields."""
        moment = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        start = f"time={moment.replace('+00:00', 'Z')} level={record.levelname.lower()} "
        if record.name == _logger.name:
            return start + record.getMessage()
        fields: dict[str, object] = {"message": record.getMessage()}
        if has_request_context():
            fields["request_id"] = request_id()
        line = start + logfmt(**fields)
        if record.exc_info:
            trace = self.formatException(record.exc_info)
            line += "".join(f"\n    {part}" for part in trace.splitlines())
        return line


def _start() -> None:
    g.started = time.perf_counter()


def _finish(response: Response) -> Response:
    response.headers["X-Request-Id"] = number = request_id()
    seconds = time.perf_counter() - g.setdefault("started", time.perf_counter())
    _logger.info(
        logfmt(
            method=request.method,
            path=request.path,  # without the query, which may hold tokens
            status=response.status_code,
            ms=f"{seconds * 1000:.1f}",
            bytes=response.content_length,
            request_id=number,
            client=request.remote_addr,
            agent=request.user_agent.string,
        )
    )
    return response


def _value(field: object) -> str:
    text = "-" if field is None else str(field)[:_LONGEST_VALUE]
    if _NEEDS_NO_QUOTES.fullmatch(text):
        return text
    return json.dumps(text).replace("\x7f", "\\u007f")
