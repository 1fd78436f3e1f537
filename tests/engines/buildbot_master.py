"""A real Buildbot master with local workers, configured as docs/buildbot.md says, and questions over its REST API."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from tests.engines.programs import need
from tests.ports import free_port
from tests.processes import until

RESULTS = ("success", "warnings", "failure", "skipped", "exception", "retry", "cancelled")
PASSWORD = "only for this test"
_PAGE = Path(__file__).parents[2] / "docs" / "buildbot.md"


class Master:
    """A running master; ``url`` is its address."""

    def __init__(self, folder: Path, url: str, pid: int) -> None:
        self.folder, self.url, self.pid, self._api = folder, url, pid, f"{url}/api/v2/"
        self._session = requests.Session()
        self._session.headers["Accept-Encoding"] = "identity"
        self._session.get(f"{url}/auth/login", auth=("ci", PASSWORD), timeout=90).raise_for_status()

    def get(self, path: str) -> Any:
        """The answer to a question. Buildbot may break one off while what it is about changes, so it is asked again."""
        for patience in (2, 1, 0):
            try:
                answer = self._session.get(self._api + path, timeout=90)
                answer.raise_for_status()
                return answer.json()
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                if not patience:
                    raise

    def act(self, path: str, action: str, *, anonymous: bool = False, **fields: Any) -> Any:
        """Ask the master to do something; the HTTP status where it refuses."""
        body = {"jsonrpc": "2.0", "id": 1, "method": action, "params": fields}
        post = requests.post if anonymous else self._session.post
        answer = post(self._api + path, json=body, timeout=90)
        return answer.json()["result"] if answer.ok else answer.status_code

    def start(self, scheduler: str, builder: str, **fields: Any) -> int:
        """Ask for a build of ``builder``; the number of what came of it."""
        buildset, _ = self.act(f"forceschedulers/{scheduler}", "force", builderid=self.builder(builder), **fields)
        return int(buildset)

    def ended(self, buildset: int) -> dict[str, Any]:
        """The build of a buildset after its end."""
        until(lambda: bool(self.get(f"buildsets/{buildset}")["buildsets"][0]["complete"]), seconds=500, pause=0.3)
        (request,) = self.get(f"buildrequests?buildsetid={buildset}")["buildrequests"]
        builds = self.get(f"builds?buildrequestid={request['buildrequestid']}&property=*")["builds"]
        return dict(builds[-1])

    def force(self, scheduler: str, builder: str, **fields: Any) -> dict[str, Any]:
        """Start a build of ``builder`` and wait for its end."""
        return self.ended(self.start(scheduler, builder, **fields))

    def builder(self, name: str) -> str:
        """The number of a builder, as requests want it."""
        return str(self._id(name))

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

    def child(self, run: Mapping[str, Any], builder: str) -> dict[str, Any]:
        """The build of a job that a run started."""
        found = self.get(f"builds/{run['buildid']}/triggered_builds")["builds"]
        number = next(build["buildid"] for build in found if build["builderid"] == self._id(builder))
        return dict(self.get(f"builds/{number}?property=*")["builds"][0])

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
    folder: Path, repository: Path, files: Mapping[str, str], *, changes: Mapping[str, str] = {}, more: str = ""
) -> Iterator[Master]:
    """A master in ``folder`` with the pipeline of ``files["pipeline.py"]``.

    ``changes`` replace texts of the documented master.cfg, ``more`` stands below it.
    """
    program = need("buildbot")
    subprocess.run([program, "create-master", "-r", folder], check=True, stdout=subprocess.DEVNULL, timeout=60)
    text = documented_configuration()
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    for path, content in {**files, "master.cfg": text + more, "secrets/web-password": PASSWORD}.items():
        (folder / path).parent.mkdir(mode=0o700, exist_ok=True)
        (folder / path).write_text(content)
        (folder / path).chmod(0o700 if content.startswith("#!") else 0o600)
    port = free_port()
    env = {**os.environ, "REPOSITORY": str(repository), "PORT": str(port)}
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen([program, "start", "--nodaemon", folder], env=env, stdout=log, stderr=log)
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _answers(process, url, folder / "out.log"), seconds=60, pause=0.2)
        yield Master(folder, url, process.pid)
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
