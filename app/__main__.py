"""`python -m app`: Flask's development server on $PORT (8000 without it), for this computer only.

In production gunicorn serves the app, see `Procfile`.
"""

from __future__ import annotations

import os
import sys

from werkzeug.serving import WSGIRequestHandler

from app import create_app
from app.config import Config, ConfigError


class _QuietRequestHandler(WSGIRequestHandler):
    """Leaves the line per request to `app.logs`, as gunicorn does."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Write nothing."""


def main() -> int:
    """Serve until interrupted; return 2 if a setting is not right.

    If the port is taken, Werkzeug says so and exits with 1.
    """
    try:
        config = Config.from_environment(os.environ)
        app = create_app(config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    app.run(port=config.port, request_handler=_QuietRequestHandler)
    return 0


if __name__ == "__main__":
    sys.exit(main())
