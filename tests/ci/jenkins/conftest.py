"""A Jenkins, in whose time an hour takes no time, and a client for it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ci.jenkins import Build, JenkinsClient
from tests.fakes.jenkins import JenkinsDouble

MakeClient = Callable[..., JenkinsClient]


@pytest.fixture
def jenkins(monkeypatch: pytest.MonkeyPatch) -> Iterator[JenkinsDouble]:
    """A server with nothing in it. At the end it says what no client should have sent."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "NETRC", "JENKINS_API_EXTRA_HEADERS"):
        monkeypatch.delenv(name, raising=False)
    with JenkinsDouble() as double:
        yield double


@pytest.fixture
def make_client(jenkins: JenkinsDouble) -> Iterator[MakeClient]:
    """Makes clients that live in the server's time; keyword arguments as `JenkinsClient` has them."""
    made = []

    def make(user: str | None = None, token: str | None = None, **options: Any) -> JenkinsClient:
        time: dict[str, Any] = {"sleep": jenkins.clock.sleep, "clock": jenkins.clock.now}
        client = JenkinsClient(jenkins.url, user or jenkins.user, token or jenkins.token, **(time | options))
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> JenkinsClient:
    """A client with an API token."""
    return make_client()


@pytest.fixture
def running(jenkins: JenkinsDouble, client: JenkinsClient) -> Callable[..., Build]:
    """Starts a build of the job ``app``; arguments as `Outcome` has them."""

    def start(**outcome: Any) -> Build:
        job = jenkins.find("app") or jenkins.add_job("app")
        job.on_trigger(**outcome)
        return client.wait_for_start(client.trigger("app"))

    return start
