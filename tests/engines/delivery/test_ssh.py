"""Deployments to a host over ssh: a real sshd, the command line as people and pipelines call it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ci.deploy.server.directory import ServerDirectory
from ci.deploy.server.gunicorn import Server
from tests.ci.deploy.conftest import Deploy, page
from tests.ci.deploy.releases import Project, make_environment, release_of
from tests.engines.delivery import sshd
from tests.processes import until
from tests.tool import CI

pytestmark = pytest.mark.engine

DEFINITION = """
version = 1
name = "shop"

[[stage]]
name = "test"
run = ["true"]

[environment.staging]
target = "server"
host = "shop"
directory = "{directory}"
port = {port}
timeout = "20s"
ssh-config = "ssh_config"
python = "{python}"
state = ["data/uploads"]
"""

Ci = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The configuration of ssh by which the host `shop` is reached."""
    with sshd.running(tmp_path_factory.mktemp("sshd")) as found:
        yield found


@pytest.fixture
def ci(project: Project, directory: Path, port: int, config: Path) -> Iterator[Ci]:
    """Start the command line in the project; its environment `staging` is the host."""
    text = DEFINITION.format(directory=directory, port=port, python=sys.executable)
    project.write({"ci/pipeline.toml": text, "ssh_config": config.read_text()})
    place = ServerDirectory(directory)
    with place.locked("preparing"):  # the environment, which a host would install from a package index
        place.remove(place.add(project.build(), make_environment))
    env = {name: value for name, value in os.environ.items() if name not in ("SSH_AUTH_SOCK", "CI_ENVIRONMENT")}

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*CI, *arguments],
            cwd=project.root,
            env={**env, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    yield start
    until(lambda: not list(config.parent.glob("ci-*")))  # nothing stays in the host's folder for temporary files


def output(process: subprocess.Popen[str], *, code: int = 0) -> str:
    """What a process has said when it has ended with ``code``."""
    said = process.communicate(timeout=120)[0]
    assert process.returncode == code, said
    return said


def test_from_nothing_to_a_rollback(ci: Ci, project: Project, port: int, directory: Path) -> None:
    old, new = project.build(), project.build()
    address = f"http://127.0.0.1:{port} on shop"
    first = output(ci("deploy", "staging", "--archive", str(old)))
    assert first.splitlines()[-1] == f"release {release_of(old)} runs at {address}"
    output(ci("deploy", "staging", "--archive", str(new)))
    assert page(port)["release"] == release_of(new)
    listed = json.loads(output(ci("releases", "staging", "--json")))
    assert [(one["name"], one["status"], one["is_current"]) for one in listed] == [
        (release_of(new), "deployed", True), (release_of(old), "deployed", False),
    ]  # fmt: skip
    back = output(ci("rollback", "-e", "staging"))
    assert back.splitlines()[-1] == f"release {release_of(old)} runs at {address}"
    assert (directory / "current/data/uploads").resolve() == directory / "shared/data/uploads"
    assert page(port)["release"] == release_of(old)
    assert f"stopped release {release_of(old)}" in output(ci("stop", "staging"))


def test_a_release_that_does_not_start_fails_here_with_its_log(
    ci: Ci, project: Project, deploy: Deploy, port: int
) -> None:
    good = project.build()
    deploy(good)
    bad = project.build(starting="raise ImportError('no such thing')")
    said = output(ci("deploy", "staging", "--archive", str(bad)), code=1)
    assert f"Release {release_of(good)} serves on." in said
    assert "ImportError: no such thing" in said
    assert page(port)["release"] == release_of(good)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whoever_ends_the_call_ends_and_undoes_what_happens_there(
    ci: Ci, project: Project, deploy: Deploy, directory: Path, port: int, number: signal.Signals
) -> None:
    """Ctrl-C, the end of a job, and a caller that is gone, as when the connection is lost."""
    good = project.build()
    deploy(good)
    slow = project.build(answering="import time; time.sleep(60)")
    deployment = ci("deploy", "staging", "--archive", str(slow))
    until(Server(directory / "shared", "rehearsal").is_running)
    deployment.send_signal(number)
    said = deployment.communicate(timeout=60)[0]
    if number != signal.SIGKILL:
        assert "interrupted; shop undoes what was begun" in said
    assert deployment.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143}.get(number, -number)
    until(lambda: "failed: interrupted" in (directory / "revisions.log").read_text())
    until(lambda: not Server(directory / "shared", "rehearsal").is_running())
    assert page(port)["release"] == release_of(good)
    deploy(project.build())


def test_a_lost_connection_leaves_what_served(
    ci: Ci, project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    good = project.build()
    deploy(good)
    deployment = ci("deploy", "staging", "--archive", str(project.build(answering="import time; time.sleep(60)")))
    until(Server(directory / "shared", "rehearsal").is_running)
    os.kill(child_of(deployment.pid), signal.SIGKILL)
    said = output(deployment, code=1)
    assert "the connection to shop was lost. A release serves there, the old or the new one" in said
    until(lambda: not Server(directory / "shared", "rehearsal").is_running())
    assert page(port)["release"] == release_of(good)


def child_of(process: int) -> int:
    """The process id of ssh, the only child."""
    return int(Path(f"/proc/{process}/task/{process}/children").read_text())


def test_a_second_deployment_says_who_is_first(ci: Ci, project: Project, directory: Path) -> None:
    with ServerDirectory(directory).locked("deploying shop-1.tar.gz"):
        said = output(ci("deploy", "staging", "--archive", str(project.build())), code=1)
    assert f"ci: shop: the server in {directory} is being changed: deploying shop-1.tar.gz by " in said


def test_a_host_that_does_not_know_the_key(ci: Ci, project: Project, config: Path) -> None:
    archive = project.build()
    project.write({"ssh_config": config.read_text().replace("/user\n", "/none\n")})
    said = output(ci("deploy", "staging", "--archive", str(archive)), code=1)
    assert "ci: shop can't be reached with ssh (exit code 255):" in said
    assert "Permission denied" in said
    assert "Give your public key to the host (ssh-copy-id), or your key to an agent (ssh-add)" in said


def test_a_host_whose_key_is_not_the_known_one(ci: Ci, project: Project, config: Path) -> None:
    archive = project.build()
    project.write({"ssh_config": config.read_text().replace("/known_hosts", "/none")})
    said = output(ci("deploy", "staging", "--archive", str(archive)), code=1)
    assert "Add the host's key to your known_hosts, after you have compared it" in said


def test_a_host_without_the_python(ci: Ci, project: Project) -> None:
    archive = project.build()
    text = (project.root / "ci/pipeline.toml").read_text()
    project.write({"ci/pipeline.toml": text.replace(sys.executable, "python3.99")})
    said = output(ci("deploy", "staging", "--archive", str(archive)), code=2)
    assert "shop has no program python3.99: install Python 3.11 or newer there" in said
