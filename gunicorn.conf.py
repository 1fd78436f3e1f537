"""Settings of gunicorn, which reads this file from the working directory.

With `-c` name it as a file: `-c python:...` imports the package into gunicorn's main process, and after HUP
every new worker goes on with the old code. For the same reason `app/config.py` is not imported but run.
"""

import functools
import os
import runpy
import socket
import sys
from pathlib import Path

from gunicorn import util

_settings = runpy.run_path(str(Path(__file__).parent / "app" / "config.py"))
try:
    _config = _settings["Config"].from_environment(os.environ)
except _settings["ConfigError"] as error:
    print(error, file=sys.stderr)
    sys.exit(2)

# One socket for IPv4 and IPv6. gunicorn's own default, 127.0.0.1, is out of reach from outside a container.
bind = f"{'[::]' if socket.has_dualstack_ipv6() else '0.0.0.0'}:{_config.port}"

# Two survive the death of one. Threads, because one idle connection blocks a sync worker.
workers = _config.workers
worker_class = "gthread"
threads = 4

# A heartbeat: it ends a worker that hangs, not a request that is slow.
timeout = 30
# Less than the 30 s after which Heroku kills. With Docker: `docker stop -t 20`.
graceful_timeout = 20
# Heroku's router keeps idle connections for 90 s, and the side behind it must not close first.
keepalive = 95 if _config.on_heroku else 5

# On Heroku nothing but the router reaches the port. Elsewhere a proxy on this computer is believed, which is
# gunicorn's default, here with the name that an IPv6 socket gives to 127.0.0.1.
forwarded_allow_ips = os.getenv(
    "FORWARDED_ALLOW_IPS", "*" if _config.on_heroku else "127.0.0.1,::1,::ffff:127.0.0.1"
)

# In memory, so that a container may have a read-only root.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# No control socket in the home folder, which may not exist or not be writable.
control_socket_disable = True
# The app writes the line per request, see app/logs.py.
accesslog = None

# gunicorn 26 and 27 wait up to 2 s for a client to close its finished connection, and the whole worker waits
# with them: one idle client stops the service. A test says when this is no longer needed.
util.close_graceful = functools.partial(util.close_graceful, timeout=0.02)
