"""A project with releases, a server directory that is stopped at the end, a free port, and clients."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ci.deploy import server
from ci.deploy.contract import Contract
from ci.deploy.server import Deployed
from tests.ci.deploy.releases import Project, make_environment, settings
from tests.ports import free_port

Deploy = Callable[..., Deployed]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A repository whose app is one WSGI file."""
    return Project.create(tmp_path / "shop")


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """A server directory; what runs from it is stopped at the end."""
    path = tmp_path / "server"
    yield path
    server.stop(path, say=lambda text: None, grace=3.0)


@pytest.fixture
def port() -> int:
    """A port where nobody listens."""
    return free_port()


@pytest.fixture
def said() -> list[str]:
    """What deployments have said."""
    return []


@pytest.fixture
def deploy(directory: Path, port: int, said: list[str]) -> Deploy:
    """Deploy an archive to the directory and the port."""

    def deploy(
        archive: Path, *, timeout: float = 20.0, terms: Contract = Contract(), **environ: str
    ) -> Deployed:
        return server.deploy(
            archive,
            directory,
            environ={**settings(port), **environ},
            make_environment=make_environment,
            say=said.append,
            timeout=timeout,
            terms=terms,
        )

    return deploy


def page(port: int) -> dict[str, Any]:
    """What the app shows on its page, asked on a new connection."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.request("GET", "/", headers={"Connection": "close"})
        response = connection.getresponse()
        content = response.read()
    if response.status != 200:
        raise OSError(f"status {response.status}")
    found: dict[str, Any] = json.loads(content)
    return found


class Load:
    """What clients got that ask again and again: how often each release answered, and every failure."""

    def __init__(self) -> None:
        self.answers: Counter[str] = Counter()
        self.failures: list[str] = []


@contextmanager
def load(port: int) -> Iterator[Load]:
    """Two clients that ask the server on ``port`` until the block ends, and some times more."""
    found, ended = Load(), threading.Event()

    def ask() -> None:
        more = 20
        while not ended.is_set() or (more := more - 1) > 0:
            try:
                found.answers[page(port)["release"]] += 1
            except (OSError, http.client.HTTPException, ValueError) as error:
                found.failures.append(repr(error))
            time.sleep(0.005)

    clients = [threading.Thread(target=ask) for _ in range(2)]
    for client in clients:
        client.start()
    try:
        yield found
    finally:
        ended.set()
        for client in clients:
            client.join()
