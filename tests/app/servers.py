"""Real processes for the tests of the app."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
Settings = Mapping[str, str]
NO_SETTINGS: Settings = {}
DEADLINE = 30.0  # seconds; generous, because other tests may use the computer too
_NOT_INHERITED = "DYNO FORWARDED_ALLOW_IPS GUNICORN_CMD_ARGS PORT PYTHONPATH RELEASE TRUSTED_PROXIES WEB_CONCURRENCY"


class Answer(NamedTuple):
    """An HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: str


class Finished(NamedTuple):
    """A process that has ended."""

    code: int
    stdout: str
    stderr: str


class Server(NamedTuple):
    """A server. What it writes goes to files, so no full pipe can stop it."""

    process: subprocess.Popen[bytes]
    port: int
    stdout: Path
    stderr: Path
    pid_file: Path
    """Of gunicorn."""

    def get(self, path: str, **headers: str) -> Answer:
        """Ask on a connection of its own; `X_Request_Id="a"` sets the header `X-Request-Id`."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)) as connection:
            connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())

    def is_healthy(self) -> bool:
        """Whether it answers now."""
        try:
            return self.get("/healthz", User_Agent="test", X_Request_Id="well").status == 200
        except (OSError, http.client.HTTPException):
            return False

    def stop(self) -> Finished:
        """Send SIGTERM and wait for the end."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> Finished:
        """Wait for the end."""
        code = self.process.wait(DEADLINE)
        return Finished(code, self.stdout.read_text(), self.stderr.read_text())


def until(condition: Callable[[], bool]) -> None:
    """Wait for `condition()`; the test fails if that takes too long."""
    deadline = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < deadline, f"waited {DEADLINE} s in vain"
        time.sleep(0.01)


def free_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def environment(settings: Settings) -> dict[str, str]:
    """The environment for a process: this one's without settings of the app, and the given ones."""
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED.split()}
    return {**inherited, **settings}


def run(*arguments: str, folder: Path = ROOT, settings: Settings = NO_SETTINGS) -> Finished:
    """Run `python ARGUMENTS` in a folder, with settings in its environment, and wait for its end."""
    command, env = [sys.executable, *arguments], environment(settings)
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=DEADLINE)
    return Finished(done.returncode, done.stdout, done.stderr)


def copy_project(folder: Path) -> Path:
    """Copy the app and its server settings into a new folder."""
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("gunicorn.conf.py", "Procfile"):
        shutil.copy(ROOT / name, folder)
    return folder
