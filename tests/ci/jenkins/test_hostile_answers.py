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


@pytest.mark.parametrize("headers", [
    {"X-You-Are-Authenticated-As": "\x1b]0;title\x07bob", "X-Required-Permission": "Job/\x1b[2JRead"},
    {"X-Error": "a\x1b[31m\x85b"},
])
def test_an_error_is_one_line_without_commands_for_a_terminal(
    jenkins: JenkinsDouble, client: JenkinsClient, headers: dict[str, str]
) -> None:
    jenkins.faults.status(403, headers=headers)
    with pytest.raises(JenkinsError) as error:
        client.build("app")
    assert len(str(error.value).splitlines()) == 1 and "\x1b" not in str(error.value)


def test_a_question_of_a_build_commands_no_terminal(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").add_build()
    build = client.build("app")
    question = json.dumps([{"id": "A\x1b[2J"}, {"id": "B"}]).encode()
    jenkins.faults.status(200, body=question)
    with pytest.raises(UsageError, match=r"name one of A \[2J, B$"):
        client.approve(build)


def test_a_reason_without_end_is_no_work_without_end(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """What is left out of it was looked for again from each of its letters."""
    jenkins.faults.status(400, headers={"X-Error": "<" * 50_000})
    with pytest.raises(Refused, match=r"Jenkins refused GET /api/json: <{300}\.\.\. \(400\)"):
        client.status()
