"""What python-jenkins 1.8.3 does wrong, shown on it, and what the client does instead.

When one of these fails in its first half, python-jenkins has mended the defect, and the client's way round may go.
"""

import pickle
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import jenkins as python_jenkins
import pytest
import requests

from ci.jenkins import JenkinsClient, NotFound, Refused, Unavailable
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble


@pytest.fixture
def upstream(jenkins: JenkinsDouble) -> Iterator[Any]:
    """python-jenkins itself. It sends things that the double would not let pass."""
    client = python_jenkins.Jenkins(jenkins.url, jenkins.user, jenkins.token, timeout=5, retries=3)
    client.crumb = False  # else every test would begin with its request for a crumb
    yield client
    client._session.close()
    jenkins.violations.clear()


def test_retries_are_made(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """1: the adapter with the retries is mounted where it is never used."""
    jenkins.faults.drop_get()
    with pytest.raises(requests.ConnectionError):
        upstream.get_info()
    jenkins.faults.drop_get()
    assert client.status().version == "2.579"


def test_there_is_a_time_limit(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """2: without one a dead server blocks a program for ever."""
    assert not isinstance(python_jenkins.Jenkins(jenkins.url).timeout, int | float | tuple)
    assert client.timeout == (5.0, 30.0)


def test_an_item_that_waits_already_is_found(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """3: the redirect to it is followed."""
    jenkins.add_job("app", ["A"])
    first = client.trigger("app", {"A": "1"}, delay=60)
    with pytest.raises(python_jenkins.EmptyResponseException):
        upstream.build_job("app", {"A": "1"})
    assert client.build_job("app", {"A": "1"}) == first.id


@pytest.mark.parametrize("parameters", [None, {}])
def test_a_job_with_parameters_is_built_without_any(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient, parameters: dict[str, Any] | None
) -> None:
    """4: a raw HTTPError."""
    jenkins.add_job("app", ["A"])
    with pytest.raises(requests.HTTPError, match="400"):
        upstream.build_job("app", parameters)
    assert client.build_job("app", parameters) == 1001


def test_parameters_stay_out_of_addresses(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """5: they are logged, and end at 8 KiB."""
    jenkins.add_job("app", ["A", "B"])
    upstream.build_job("app", {"A": "secret", "B": ["x", "y"]})
    assert "A=secret&B=%5B%27x%27%2C+%27y%27%5D" in jenkins.calls[-1]
    client.build_job("app", {"A": "secret", "B": ["x", "y"]})
    assert jenkins.calls[-1] == "POST /job/app/buildWithParameters?delay=0sec"
    assert jenkins.requests[-1].request.form == {"A": ["secret"], "B": ["x,y"]}


def test_the_token_of_a_job_is_not_put_into_the_callers_parameters(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient
) -> None:
    """5 as well."""
    job, mine = jenkins.add_job("app", ["A"]), {"A": "1"}
    job.token = "of-the-job"
    client.build_job("app", mine, "of-the-job")
    assert mine == {"A": "1"} and "of-the-job" not in jenkins.calls[-1]
    upstream.build_job_url("app", mine, "of-the-job")
    assert mine == {"A": "1", "token": "of-the-job"}


def test_unknown_parameters_are_not_dropped_in_silence(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient
) -> None:
    """6 and 7 (files have no way at all there)."""
    jenkins.add_job("app", ["A"])
    assert upstream.build_job("app", {"TYPO": "1"}) == 1001
    with pytest.raises(python_jenkins.JenkinsException, match="no parameter TYPO"):
        client.trigger("app", {"TYPO": "1"})


@pytest.mark.parametrize(("status", "said"), [(502, "not exist"), (429, "not exist"), (500, "authentication")])
def test_a_server_in_trouble_is_not_taken_for_something_else(
    jenkins: JenkinsDouble, upstream: Any, make_client: MakeClient, status: int, said: str
) -> None:
    """8: the job does not exist, they say, or the login is wrong."""
    jenkins.add_job("app")
    jenkins.faults.status(status, times=2)
    with pytest.raises(python_jenkins.JenkinsException, match=said):
        upstream.get_job_info("app")
    with pytest.raises(python_jenkins.JenkinsException, match=str(status)):
        make_client(retries=0).build("app")


def test_no_error_of_requests_leaks(jenkins: JenkinsDouble, upstream: Any, make_client: MakeClient) -> None:
    """9: callers who catch JenkinsException do not see it."""
    jenkins.faults.refuse()
    with pytest.raises(requests.ConnectionError):
        upstream.get_info()
    with pytest.raises(Unavailable):
        make_client(retries=0).get_info()  # type: ignore[attr-defined]


def test_a_crumb_is_fetched_when_it_is_wanted(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """10: there even before a GET, and with an API token, which needs none."""
    upstream.crumb = None
    upstream.get_info()
    assert jenkins.calls == ["GET /crumbIssuer/api/json", "GET /api/json"]
    jenkins.forget_requests()
    client.status()
    assert len(jenkins.calls) == 1


def test_a_stale_crumb_is_renewed(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    """10: there it is 403 for ever."""
    jenkins.add_job("app")
    upstream = python_jenkins.Jenkins(jenkins.url, jenkins.user, jenkins.password, timeout=5)
    for program in (upstream, make_client(token=jenkins.password)):
        program.build_job("app")
        jenkins.users.forget_sessions()
    with pytest.raises(python_jenkins.JenkinsException, match="403"):
        upstream.build_job("app")
    upstream._session.close()
    jenkins.violations.clear()


def test_an_empty_log_is_a_log(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """11: the build does not exist, it says."""
    jenkins.add_job("app").add_build(log=b"")
    with pytest.raises(python_jenkins.JenkinsException, match="does not exist"):
        upstream.get_build_console_output("app", 1)
    assert client.get_build_console_output("app", 1) == ""


def test_artifacts_are_bytes(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient, tmp_path: Any) -> None:
    """12: one call parses JSON only, the other hands on what the server compressed."""
    jenkins.gzip_artifacts = True
    jenkins.add_job("app").add_build(artifacts={"a.txt": b"text"})
    with pytest.raises(python_jenkins.JenkinsException, match="Could not parse JSON"):
        upstream.get_build_artifact("app", 1, "a.txt")
    assert upstream.get_build_artifact_as_bytes("app", 1, "a.txt")[:2] == b"\x1f\x8b"
    client.download(client.build("app", 1), dest=tmp_path)
    assert (tmp_path / "a.txt").read_bytes() == b"text"


def test_stopping_a_build_fetches_no_page(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """13: the answer is a redirect to one."""
    jenkins.add_job("app")
    client.wait_for_start(client.trigger("app"))
    jenkins.forget_requests()
    upstream.stop_build("app", 1)
    assert len(jenkins.requests) == 2
    jenkins.forget_requests()
    client.stop_build("app", 1)  # type: ignore[attr-defined]
    assert len(jenkins.requests) == 1


def test_the_version_of_a_server_that_wants_a_login(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient
) -> None:
    """14: the first request goes without credentials."""
    with pytest.raises(python_jenkins.BadHTTPException):
        upstream.get_version()
    assert client.get_version() == "2.579"  # type: ignore[attr-defined]


def test_a_restart_is_waited_for_while_the_port_is_closed(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient
) -> None:
    """15: in every restart it is."""
    jenkins.restart()
    jenkins.clock.advance(12)
    with pytest.raises(requests.ConnectionError):
        upstream.wait_for_normal_op(5)
    assert client.wait_for_normal_op(60) is True
    jenkins.enter("starting")
    assert client.wait_for_normal_op(5) is False


def test_slashes_around_a_name(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """16."""
    jenkins.add_job("folder/app")
    with pytest.raises(python_jenkins.JenkinsException, match="does not exist"):
        upstream.get_job_info("folder/app/")
    assert client.get_job_info("/folder/app/")["name"] == "app"  # type: ignore[attr-defined]


def test_questions_about_jobs_have_yes_or_no_for_an_answer(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient
) -> None:
    """16."""
    jenkins.add_job("app")
    jenkins.add_multibranch("shop")
    assert (upstream.job_exists("none"), upstream.is_folder("shop")) == (None, False)
    assert (client.job_exists("none"), client.job_exists("app")) == (False, True)
    assert (client.is_folder("shop"), client.is_folder("app")) == (True, False)


def test_a_job_is_created_by_two_requests(jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient) -> None:
    """17: four there."""
    upstream.upsert_job("app", "<flow-definition/>")
    assert len(jenkins.requests) == 4
    jenkins.forget_requests()
    client.upsert_job("new", "<flow-definition/>")
    client.upsert_job("app", "<flow-definition><description>x</description></flow-definition>")
    assert len(jenkins.requests) == 4 and jenkins.find("app").description == "x" and jenkins.find("new")


def test_an_item_that_has_left_can_not_be_cancelled(
    jenkins: JenkinsDouble, upstream: Any, client: JenkinsClient
) -> None:
    """18: the login is wrong, it says, and of an item that never was it says nothing."""
    jenkins.add_job("app")
    queued = client.trigger("app")
    client.wait_for_start(queued)
    with pytest.raises(python_jenkins.JenkinsException, match="authentication failed"):
        upstream.cancel_queue(queued.id)
    assert upstream.cancel_queue(4711) is None
    for number in (queued.id, 4711):
        with pytest.raises(Refused, match="has left the queue"):
            client.cancel_queue(number)


def test_certificates_and_proxies_can_be_given(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """20. (19, the life of queue items, is in test_waiting.)"""
    with pytest.raises(TypeError):
        python_jenkins.Jenkins(jenkins.url, verify=False)
    assert client._session.verify is True


def test_kerberos_that_happens_to_be_installed_sends_nothing(
    jenkins: JenkinsDouble, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """21: there the first call probes the server."""
    kerberos = SimpleNamespace(HTTPKerberosAuth=lambda: lambda request: request)
    monkeypatch.setattr(python_jenkins, "requests_kerberos", kerberos)
    upstream = python_jenkins.Jenkins(jenkins.url, jenkins.user, jenkins.token, timeout=5)
    upstream.crumb = False
    upstream.get_info(query="?tree=mode")
    assert jenkins.calls[0] == "GET /api/json" and len(jenkins.calls) > 1
    upstream._session.close()
    jenkins.violations.clear()
    jenkins.forget_requests()
    make_client().status()
    assert len(jenkins.calls) == 1


def test_no_password_gets_into_a_file(upstream: Any, client: JenkinsClient, jenkins: JenkinsDouble) -> None:
    """22, 23. (Threads are in test_transport.)"""
    assert jenkins.token.encode() in pickle.dumps(upstream)
    with pytest.raises(TypeError):
        pickle.dumps(client)


@pytest.mark.parametrize("name", ["wait", "stream_log", "rebuild", "approve"])
def test_what_is_missing_there(upstream: Any, client: JenkinsClient, name: str) -> None:
    """24, 25."""
    assert not hasattr(upstream, name) and hasattr(client, name)


def test_missing_things_are_still_python_jenkins_not_found(client: JenkinsClient) -> None:
    """Its own methods build on that."""
    with pytest.raises(python_jenkins.NotFoundException):
        client.get_job_config("none")  # type: ignore[attr-defined]
    assert issubclass(NotFound, python_jenkins.NotFoundException)
