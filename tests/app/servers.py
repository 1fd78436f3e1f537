"""Real processes for the tests of the app."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NO_SETTINGS: Mapping[str, str] = {}
DEADLINE = 30.0  # seconds; generous, because other tests may use the computer too
_NOT_INHERITED = {
    *("DYNO", "FORWARDED_ALLOW_IPS", "GUNICORN_CMD_ARGS", "PORT", "PYTHONPATH"),
    *("RELEASE", "TRUSTED_PROXIES", "WEB_CONCURRENCY"),
}


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read whole."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Finished:
    """A process that has ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Server:
    """A running server. What it writes goes to files, so no full pipe can stop it."""

    process: subprocess.Popen[bytes]
    port: int
    stdout: Path
    stderr: Path

    def get(self, path: str, **headers: str) -> Answer:
        """Ask on a connection of its own; `X_Request_Id="a"` sets the header `X-Request-Id`."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)) as connection:
            connection.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read().decode())

    def stop(self) -> Finished:
        """Send SIGTERM and wait for the end."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> Finished:
        """Wait for the end."""
        code = self.process.wait(DEADLINE)
        return Finished(code, self.stdout.read_text(), self.stderr.read_text())


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """The environment for a process: this one's without settings of the app, and the given ones."""
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    return {**inherited, **settings}


def run(*arguments: str, folder: Path = ROOT, settings: Mapping[str, str] = NO_SETTINGS) -> Finished:
    """Run `python ARGUMENTS` in a folder, with settings in its environment, and wait for its end."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment(settings),
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def copy_project(folder: Path) -> Path:
    """Copy the app and its server settings into a new folder."""
    shutil.copytree(ROOT / "app", folder / "app", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "gunicorn.conf.py", folder)
    return folder
