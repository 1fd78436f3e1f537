"""A real Buildbot master with local workers, configured as docs/buildbot.md says, and questions over its REST API."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.engines.programs import need
from tests.processes import until

RESULTS = ("success", "warnings", "failure", "skipped", "exception", "retry", "cancelled")
PASSWORD = "only for this test"
_PAGE = Path(__file__).parents[2] / "docs" / "buildbot.md"


class Master:
    """A running master; ``url`` is its address."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self._api = folder, f"{url}/api/v2/"
        self._session = requests.Session()
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.get(f"{url}/auth/login", auth=("ci", PASSWORD), timeout=90).raise_for_status()

    def get(self, path: str) -> Any:
        """The answer to a question."""
        answer = self._session.get(self._api + path, timeout=90)
        answer.raise_for_status()
        return answer.json()

    def force(self, scheduler: str, builder: str, **fields: Any) -> dict[str, Any]:
        """Start a build of ``builder`` and wait for its end."""
        body = {"jsonrpc": "2.0", "id": 1, "method": "force", "params": {"builderid": str(self._id(builder)), **fields}}
        answer = self._session.post(f"{self._api}forceschedulers/{scheduler}", json=body, timeout=90)
        assert answer.ok, answer.text
        buildset, _ = answer.json()["result"]
        until(lambda: bool(self.get(f"buildsets/{buildset}")["buildsets"][0]["complete"]), seconds=240, pause=0.2)
        return dict(self.builds(builder)[-1])

    def _id(self, builder: str) -> int:
        return next(int(one["builderid"]) for one in self.get("builders")["builders"] if one["name"] == builder)

    def builds(self, builder: str) -> list[Any]:
        """All builds of a builder, oldest first."""
        return list(self.get(f"builders/{self._id(builder)}/builds?order=number&property=*")["builds"])

    def verdicts(self, run: Mapping[str, Any]) -> dict[str, str]:
        """The verdict of each job that a run started, by its builder."""
        names = {one["builderid"]: one["name"] for one in self.get("builders")["builders"]}
        builds = self.get(f"builds/{run['buildid']}/triggered_builds")["builds"]
        return {names[build["builderid"]]: RESULTS[build["results"]] for build in builds}

    def states(self, build: Mapping[str, Any]) -> dict[str, str]:
        """What the page of a build says of each of its steps."""
        return {step["name"]: f"{RESULTS[step['results']]}: {step['state_string']}" for step in self.steps(build)}

    def steps(self, build: Mapping[str, Any]) -> list[Any]:
        """The steps of a build in order."""
        return list(self.get(f"builds/{build['buildid']}/steps?order=number")["steps"])

    def kept(self, run: Mapping[str, Any], path: str, *, pipeline: str = "shop") -> Path:
        """A file that a run left on the master."""
        return self.folder / "artifacts" / pipeline / str(run["number"]) / path

    def log(self, build: Mapping[str, Any]) -> str:
        """What the steps of a build wrote."""
        texts = []
        for step in self.steps(build):
            for log in self.get(f"steps/{step['stepid']}/logs")["logs"]:
                answer = self._session.get(f"{self._api}logs/{log['logid']}/raw_inline", timeout=90)
                texts.append(answer.content.decode())
        return "".join(texts)


def documented_configuration() -> str:
    """The master.cfg of docs/buildbot.md."""
    found = re.search(r"```python\n(.*?)```", _PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


@contextmanager
def master(
    folder: Path, repository: Path, module: str, *, secrets: Mapping[str, str] = {}, changes: Mapping[str, str] = {}
) -> Iterator[Master]:
    """A master in ``folder`` for the pipeline ``module``; ``changes`` replace texts of the documented master.cfg."""
    program = need("buildbot")
    subprocess.run([program, "create-master", "-r", folder], check=True, stdout=subprocess.DEVNULL, timeout=60)
    text = documented_configuration()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "master.cfg").write_text(text)
    (folder / "pipeline.py").write_text(module)
    (folder / "secrets").mkdir(mode=0o700)
    for name, value in {**secrets, "web-password": PASSWORD}.items():
        (folder / "secrets" / name).write_text(value)
        (folder / "secrets" / name).chmod(0o600)
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    env = {**os.environ, "REPOSITORY": str(repository), "PORT": str(port)}
    checked = subprocess.run([program, "checkconfig", folder], env=env, capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stderr
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen([program, "start", "--nodaemon", folder], env=env, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(process, url, folder / "out.log"), seconds=60, pause=0.2)
        yield Master(folder, url)
    finally:
        process.terminate()
        process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(process: "subprocess.Popen[bytes]", url: str, log: Path) -> bool:
    assert process.poll() is None, log.read_text()[-3000:]
    try:
        return requests.get(f"{url}/api/v2/builders", timeout=5).ok
    except requests.ConnectionError:
        return False
