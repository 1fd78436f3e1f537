"""``ci jenkins`` in this process and in the time of the test double: for tables of many calls, hours of waiting."""

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

import ci.jenkins
from ci.cli import main
from ci.jenkins import JenkinsClient, from_env
from tests.fakes.jenkins import JenkinsDouble
from tests.files import write


class Said(NamedTuple):
    """What a command wrote, and its exit code."""

    returncode: int
    stdout: str
    stderr: str


class Console:
    """Calls the same function as the program ``ci`` does. Its clients sleep in the server's time."""

    def __init__(self, jenkins: JenkinsDouble, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.jenkins, self.folder, self._patch = jenkins, folder, patch
        self.clients: list[JenkinsClient] = []
        self.in_real_time = False
        patch.chdir(folder)
        patch.setattr(ci.jenkins, "from_env", self._client)
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "NETRC", "NO_COLOR", "JENKINS_JOB"):
            patch.delenv(name, raising=False)
        self.set(
            HOME=str(folder), TZ="UTC", NO_PROXY="127.0.0.1", JENKINS_URL=jenkins.url, JENKINS_USER_ID=jenkins.user,
            JENKINS_API_TOKEN=jenkins.token,
        )

    def set(self, **environment: str) -> None:
        """Set environment variables."""
        for name, value in environment.items():
            self._patch.setenv(name, value)

    def project(self, files: Mapping[str, str]) -> None:
        """Put files into the folder."""
        write(self.folder, files)

    def terminal(self, columns: int, *arguments: str, **environment: str) -> str:
        """Run ``ci jenkins ...`` to its end on a terminal of that width. What it writes to standard output."""
        done = self._run(arguments, environment | {"TERM": "xterm", "COLUMNS": str(columns)}, _Terminal)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def __call__(self, *arguments: str, **environment: str) -> Said:
        """Run ``ci jenkins ...`` to its end."""
        return self._run(arguments, environment, io.TextIOWrapper)

    def _run(
        self, arguments: Sequence[str], environment: Mapping[str, str], kind: type[io.TextIOWrapper]
    ) -> Said:
        out, err = (kind(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
        with self._patch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["ci", "jenkins", *arguments])
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            code = main()
        said = Said(code, _text(out), _text(err))
        for secret in self.jenkins.users.secrets:
            assert secret not in said.stdout + said.stderr
        return said

    def _client(self) -> JenkinsClient:
        client = from_env()
        if not self.in_real_time:
            client.sleep, client.clock = self.jenkins.clock.sleep, self.jenkins.clock.now
        self.clients.append(client)
        return client


class _Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def _text(stream: io.TextIOWrapper) -> str:
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode(errors="surrogateescape")
