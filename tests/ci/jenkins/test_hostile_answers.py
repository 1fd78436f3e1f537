"""Answers that no Jenkins gives, but a proxy or somebody else may: each ends in an error of ours, never in another."""

import json
from pathlib import Path
from typing import Any

import pytest

from ci.errors import UsageError
from ci.jenkins import JenkinsClient, JenkinsError, JobSummary, Refused, TriggerUncertain
from ci.jenkins.destination import Destination
from ci.jenkins.jobs import LEVELS
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble

UNREADABLE = ["http://[no-address/", "http://host/\xff"]


@pytest.mark.parametrize("location", UNREADABLE)
def test_a_trigger_that_is_answered_with_an_unreadable_address(
    jenkins: JenkinsDouble, client: JenkinsClient, location: str
) -> None:
    jenkins.add_job("app")
    jenkins.faults.status(302, method="POST", headers={"Location": location})
    with pytest.raises(Refused, match="Jenkins did not queue app"):
        client.trigger("app")
    assert jenkins.posts.total() == 1


@pytest.mark.parametrize("location", UNREADABLE)
def test_a_question_that_is_answered_with_an_unreadable_address(
    jenkins: JenkinsDouble, client: JenkinsClient, location: str
) -> None:
    jenkins.faults.status(302, headers={"Location": location})
    with pytest.raises(JenkinsError, match="is not Jenkins' JSON"):
        client.build("app")


def test_a_queue_item_with_a_number_that_is_none(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    jenkins.faults.status(201, method="POST", headers={"Location": f"/queue/item/{'9' * 5000}/"})
    with pytest.raises(TriggerUncertain):
        client.trigger("app")


def test_a_log_with_a_size_that_is_none(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").add_build()
    build = client.build("app")
    jenkins.faults.status(200, headers={"X-Text-Size": "9" * 5000})
    with pytest.raises(JenkinsError, match="is no log of Jenkins"):
        list(client.stream_log(build))


@pytest.mark.parametrize("timestamp", [-10**18, 10**15, 10**30])
def test_a_time_that_is_none(jenkins: JenkinsDouble, client: JenkinsClient, timestamp: int) -> None:
    jenkins.faults.status(200, body=json.dumps({"number": 1, "timestamp": timestamp}).encode())
    with pytest.raises(JenkinsError, match="is not Jenkins' JSON"):
        client.build("app")


def test_folders_without_end_in_one_answer(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.status(200, body=b'{"jobs":[' * 50_000)
    with pytest.raises(JenkinsError, match="is not Jenkins' JSON"):
        client.jobs()


def test_folders_without_end_in_many_answers(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Each as deep as it was asked for, and never at the bottom."""
    answer: dict[str, Any] = {"jobs": [{}]}
    for _ in range(LEVELS):
        answer = {"jobs": [{"name": "a", **answer}]}
    jenkins.faults.status(200, times=float("inf"), body=json.dumps(answer).encode())
    with pytest.raises(JenkinsError, match="tells of more than 100 folders in each other: see JENKINS_URL"):
        client.jobs()
    assert len(jenkins.calls) <= 100 / LEVELS + 1


def test_folders_deeper_than_was_asked_for(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    answer: dict[str, Any] = {}
    for _ in range(300):
        answer = {"jobs": [{"name": "a", **answer}]}
    jenkins.faults.status(200, body=json.dumps(answer).encode())
    with pytest.raises(JenkinsError, match="tells of more than 100 folders in each other"):
        client.jobs()


@pytest.mark.parametrize("name", ["..", "", "a/b", "a?b", "a\nb", " a"])
def test_a_job_with_a_name_that_none_can_have_is_left_out_of_a_list(
    jenkins: JenkinsDouble, client: JenkinsClient, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    """Nobody could ask for it; that is said in the log of the program."""
    answer = {"jobs": [{"name": name, "jobs": [{}]}, {"name": "good", "color": "blue"}]}
    jenkins.faults.status(200, body=json.dumps(answer).encode())
    assert client.jobs() == (JobSummary("good", "job", last="SUCCESS"),)
    assert caplog.messages == [f"left out of the list of jobs: {name!r}, which is no name of a job"]


@pytest.mark.parametrize("crumb", [
    {}, {"crumb": "a"}, {"crumb": "a\nb", "crumbRequestField": "Jenkins-Crumb"},
    {"crumb": "€", "crumbRequestField": "Jenkins-Crumb"}, {"crumb": "a", "crumbRequestField": ""},
])
def test_a_crumb_that_is_none(jenkins: JenkinsDouble, make_client: MakeClient, crumb: dict[str, Any]) -> None:
    jenkins.add_multibranch("shop")
    jenkins.faults.status(200, path="/crumbIssuer/*", body=json.dumps(crumb).encode())
    with pytest.raises(JenkinsError, match="is not Jenkins' JSON"):
        make_client(token=jenkins.password).scan("shop")


@pytest.mark.parametrize("name", ["x" * 300, "x" * 300 + "/y", "x/" * 2100 + "y"])
def test_a_file_with_a_name_that_is_too_long(tmp_path: Path, name: str) -> None:
    with pytest.raises(JenkinsError, match="can't be written"), Destination(tmp_path).writing(name) as file:
        file.write(b"content")


def test_a_value_in_another_encoding_is_not_sent(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Such as a command line's bytes that are no UTF-8."""
    jenkins.add_job("app", ["NAME"])
    with pytest.raises(UsageError, match="no text in UTF-8, so nothing was sent"):
        client.trigger("app", {"NAME": "\udcff"})
    assert jenkins.posts.total() == 0
