"""A Jenkins behind what companies put before it: certificates of their own, for servers and for people; a proxy."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ci.jenkins import JenkinsClient, JenkinsError, Unavailable, from_env
from tests.engines.certificates import Authority
from tests.engines.programs import need
from tests.fakes.jenkins import JenkinsDouble
from tests.ports import free_port, is_served
from tests.processes import until

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no authority of this machine."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Nobody knows it but who has its file."""
    return Authority(tmp_path_factory.mktemp("certificates"))


@contextmanager
def secured(
    authority: Authority, *, wants_certificate: bool = False, address: str = "127.0.0.1"
) -> Iterator[JenkinsDouble]:
    """A Jenkins that speaks HTTPS, as the server at ``address``."""
    tls = authority.server(authority.certify("server", address), wants_certificate=wants_certificate)
    with JenkinsDouble(tls=tls) as jenkins:
        jenkins.add_job("app").on_trigger(log=b"done\n")
        yield jenkins


def login(jenkins: JenkinsDouble, **more: object) -> dict[str, str]:
    """The environment of somebody who works with it."""
    known = {"JENKINS_URL": jenkins.url, "JENKINS_USER_ID": jenkins.user, "JENKINS_API_TOKEN": jenkins.token}
    return known | {name: str(value) for name, value in more.items()}


def assert_works(client: JenkinsClient, jenkins: JenkinsDouble) -> None:
    """A trigger and its log."""
    client.sleep, client.clock = jenkins.clock.sleep, jenkins.clock.now
    log: list[str] = []
    assert client.run("app", log=log.append).result == "SUCCESS"
    assert log == ["done\n"]
    client.close()


def test_an_authority_of_ones_own(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the argument of the library, or the variable that requests reads."""
    with secured(authority) as jenkins:
        assert_works(JenkinsClient(jenkins.url, jenkins.user, jenkins.token, verify=authority.file), jenkins)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
        assert_works(from_env(login(jenkins)), jenkins)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3"])
def test_a_server_that_may_be_another(authority: Authority, address: str) -> None:
    """Its authority is not known, or it has the certificate of somebody else. Nothing is sent, and not asked again."""
    with secured(authority, address=address) as jenkins:
        verify = True if address == "127.0.0.1" else authority.file
        with JenkinsClient(
            jenkins.url, jenkins.user, jenkins.token, verify=verify, sleep=jenkins.clock.sleep
        ) as client, pytest.raises(Unavailable) as error:
            client.trigger("app")
        assert str(error.value) == (
            f"no trust in the certificate of {jenkins.url[:-1]}: name the file of its authority in REQUESTS_CA_BUNDLE"
        )
        assert (jenkins.calls, jenkins.clock.slept) == ([], [])


def test_a_client_certificate(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    mine = authority.certify("client")
    with secured(authority, wants_certificate=True) as jenkins:
        variables = {"JENKINS_CLIENT_CERT": mine.certificate, "JENKINS_CLIENT_KEY": mine.key}
        assert_works(from_env(login(jenkins, **variables)), jenkins)


def test_a_client_certificate_that_is_missing(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with secured(authority, wants_certificate=True) as jenkins:
        with from_env(login(jenkins)) as client, pytest.raises(Unavailable, match="see .* and JENKINS_CLIENT_CERT"):
            client.status()
        assert jenkins.calls == []


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[str]:
    """The address of a proxy."""
    program = need("tinyproxy")
    port = free_port()
    settings = tmp_path / "tinyproxy.conf"
    settings.write_text(f"Listen 127.0.0.1\nPort {port}\nTimeout 60\nMaxClients 20\nLogLevel Error\n")
    with subprocess.Popen([program, "-d", "-c", str(settings)], stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: process.poll() is not None or is_served(port), seconds=60)
            assert process.poll() is None, "the proxy does not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def through_proxy(jenkins: JenkinsDouble) -> list[bool]:
    """Which requests came by a proxy, which adds a header."""
    return ["via" in exchange.request.headers for exchange in jenkins.requests]


def test_a_trigger_and_a_log_through_a_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with JenkinsDouble() as jenkins:
        jenkins.add_job("app").on_trigger(log=b"done\n")
        assert_works(from_env(login(jenkins)), jenkins)
        assert set(through_proxy(jenkins)) == {True}


@pytest.mark.parametrize("hosts", ["127.0.0.1", "example.org,127.0.0.0/8", "*"])
def test_hosts_that_are_reached_without_the_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", hosts)
    with JenkinsDouble() as jenkins:
        jenkins.add_job("app").on_trigger(log=b"done\n")
        assert_works(from_env(login(jenkins)), jenkins)
        assert set(through_proxy(jenkins)) == {False}


def test_a_secured_connection_through_a_proxy(
    authority: Authority, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy hands on bytes that it can't read; a port that is closed is its answer 5xx."""
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    with secured(authority) as jenkins:
        assert_works(from_env(login(jenkins)), jenkins)
        jenkins.faults.refuse()
        with from_env(login(jenkins)) as client, pytest.raises(Unavailable, match="the proxy before .*HTTPS_PROXY"):
            client.sleep = jenkins.clock.sleep
            client.status()


def test_a_server_that_is_gone_behind_a_proxy(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the proxy says is told."""
    monkeypatch.setenv("HTTP_PROXY", proxy)
    with JenkinsDouble() as jenkins:
        jenkins.faults.refuse()
        with from_env(login(jenkins)) as client, pytest.raises(JenkinsError, match="Unable to connect"):
            client.status()
