"""`python -m app.healthcheck`: ask the server on $PORT how it is; exit code 0 if it answers, else 1.

For the image's HEALTHCHECK: a slim image has no curl.
"""

from __future__ import annotations

import http.client
import os
import sys
from contextlib import closing

from app.config import Config, ConfigError

_SECONDS = 3.0


def main() -> int:
    """Return the exit code; what is wrong goes to standard error."""
    try:
        port = Config.from_environment(os.environ).port
        # gunicorn waits for clients that keep their socket open, so close it.
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS)) as connection:
            connection.request("GET", "/healthz", headers={"User-Agent": "app.healthcheck"})
            response = connection.getresponse()
            response.read()
    except (OSError, http.client.HTTPException, ConfigError) as error:
        print(f"not healthy: {error}", file=sys.stderr)
        return 1
    if response.status != 200:
        print(f"not healthy: /healthz answers {response.status}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
