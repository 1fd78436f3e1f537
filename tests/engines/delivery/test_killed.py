"""A deployment that is killed at any moment leaves a server that serves, and the next deployment succeeds."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ci.deploy.server.gunicorn import Server
from tests.ci.deploy.conftest import Deploy, page
from tests.ci.deploy.releases import Project
from tests.engines.delivery.clients import assert_nothing_was_lost, clients
from tests.processes import until

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]
TIMES = 50


def test_killed_at_fifty_random_moments(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """Clients ask all the time: no request fails, ``current`` always leads to a release that is one of the two."""
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    moments = random.Random(seed)
    archives = [project.build() for _ in range(2)]
    names = {deploy(archive).release for archive in archives}
    killed = 0
    with clients(port) as asking:
        longest = duration(archives[0], directory, port)
        while killed < TIMES:
            ended = deploy_and_kill(archives[killed % 2], directory, port, after=moments.uniform(0, longest))
            killed += ended == -signal.SIGKILL
            assert (directory / "current").is_symlink()
            assert (directory / "current" / "release.json").is_file()
            assert page(port)["release"] in names
        new = deploy(project.build()).release
    print(f"{killed} were killed before their end, which takes {longest:.1f} s")
    assert_nothing_was_lost(asking)
    assert {page(port)["release"] for _ in range(5)} == {new}
    until(lambda: Server(directory / "shared", "gunicorn").successor() is None)
    assert not Server(directory / "shared", "rehearsal").is_running()


def start(archive: Path, directory: Path, port: int) -> subprocess.Popen[bytes]:
    """Begin a deployment in a process of its own."""
    command = [sys.executable, "-m", "tests.ci.deploy.releases", str(archive), str(directory), str(port)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ})


def duration(archive: Path, directory: Path, port: int) -> float:
    """How many seconds a deployment takes here and now."""
    begun = time.monotonic()
    assert start(archive, directory, port).wait(timeout=60) == 0
    return time.monotonic() - begun


def deploy_and_kill(archive: Path, directory: Path, port: int, *, after: float) -> int:
    """Begin a deployment and kill it ``after`` that many seconds, unless it has ended; its exit code."""
    deployment = start(archive, directory, port)
    try:
        return deployment.wait(timeout=after)
    except subprocess.TimeoutExpired:
        deployment.kill()
        return deployment.wait()
