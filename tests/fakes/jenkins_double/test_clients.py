"""Clients that were written for the real one get along with the double."""

from collections.abc import Callable
from urllib.parse import urlsplit

import jenkins as python_jenkins
import pytest

from tests.engines.programs import need_module
from tests.fakes.jenkins import JenkinsDouble


@pytest.fixture
def client(jenkins: JenkinsDouble) -> python_jenkins.Jenkins:
    """A plain python-jenkins."""
    return python_jenkins.Jenkins(jenkins.url, jenkins.user, jenkins.token, timeout=10)


def test_python_jenkins_triggers_and_waits(jenkins: JenkinsDouble, client: python_jenkins.Jenkins) -> None:
    """It finds its build with the requests that are known of it: crumb, POST, four for the item, the rest polls."""
    app = jenkins.add_job("app")
    app.on_trigger(quiet=5, duration=30, log=b"done\n")
    number = client.build_job("app")
    while not client.get_queue_item(number).get("executable"):
        jenkins.clock.sleep(2)
    while client.get_build_info("app", 1)["building"]:
        jenkins.clock.sleep(2)
    assert client.get_build_console_output("app", 1) == "done\n"
    assert len(jenkins.requests) == 23
    assert client.get_version() == jenkins.version


def test_python_jenkins_lists_a_thousand_jobs(jenkins: JenkinsDouble, client: python_jenkins.Jenkins) -> None:
    """In one request after the crumb."""
    for number in range(1000):
        jenkins.add_job(f"team-{number % 10}/project-{number // 10 % 10}/job-{number:03}")
    assert len(client.get_all_jobs()) == 1110
    assert [urlsplit(call).path for call in jenkins.calls] == ["GET /crumbIssuer/api/json", "GET /api/json"]


def test_python_jenkins_creates_and_changes_jobs(jenkins: JenkinsDouble, client: python_jenkins.Jenkins) -> None:
    """By XML, through folders."""
    client.create_folder("team")
    client.create_job("team/app", python_jenkins.EMPTY_CONFIG_XML)
    client.disable_job("team/app")
    assert client.get_job_info("team/app")["color"] == "disabled"
    client.delete_job("team/app")
    assert not client.job_exists("team/app")


@pytest.mark.engine
def test_jenkinsapi_waits_for_a_build(jenkins: JenkinsDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another client."""
    jenkinsapi = need_module("jenkinsapi.jenkins")
    app = jenkins.add_job("app")
    app.on_trigger(duration=30)
    sleep: Callable[[float], None] = jenkins.clock.sleep
    monkeypatch.setattr("time.sleep", sleep)
    monkeypatch.setattr("jenkinsapi.build.sleep", sleep)
    server = jenkinsapi.Jenkins(jenkins.url, jenkins.user, jenkins.token)
    item = server["app"].invoke(build_params={})
    item.block_until_complete(delay=2)
    assert item.get_build().get_status() == "SUCCESS"
