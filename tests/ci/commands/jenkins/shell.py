"""A shell in which `ci jenkins` talks to the test double."""

import os
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from tests.fakes.jenkins import JenkinsDouble
from tests.files import write
from tests.processes import until
from tests.tool import CI, ROOT

Process = TypeVar("Process", bound=subprocess.Popen[str] | subprocess.Popen[bytes])


def ending(process: Process) -> Process:
    """The process, which is killed after a minute: who waits for what it writes gets an end of it."""
    timer = threading.Timer(60, process.kill)
    timer.daemon = True
    timer.start()
    return process


class Shell:
    """Runs commands in an empty folder, as somebody who has no configuration but a Jenkins account."""

    def __init__(self, jenkins: JenkinsDouble, folder: Path) -> None:
        self.jenkins = jenkins
        self.folder = folder
        self.environment: dict[str, str] = {
            "PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "TZ": "UTC", "LANG": "C.UTF-8",
            "JENKINS_URL": jenkins.url, "JENKINS_USER_ID": jenkins.user,
            "JENKINS_API_TOKEN": jenkins.token, "NO_PROXY": "127.0.0.1",
        }

    def command(self, *arguments: str) -> list[str]:
        """What to start for ``ci jenkins ...``."""
        return [*CI, "jenkins", *arguments]

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run ``ci jenkins ...`` to its end."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env={**self.environment, **environment}, timeout=60,
            capture_output=True, encoding="utf-8", errors="surrogateescape", stdin=subprocess.DEVNULL,
        )
        for secret in self.jenkins.users.secrets:
            assert secret not in done.stdout + done.stderr
        return done

    def until(self, asked: str) -> None:
        """Wait until the server was asked for something with ``asked`` in it, and forget all requests."""
        until(lambda: any(asked in call for call in self.jenkins.calls), seconds=60, pause=0.005)
        self.jenkins.forget_requests()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``ci jenkins ...`` with its output in pipes."""
        return ending(subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environment, encoding="utf-8",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        ))

    def project(self, files: Mapping[str, str]) -> None:
        """Put files into the folder."""
        write(self.folder, files)
