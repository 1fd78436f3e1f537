"""A trigger is one POST, whatever happens, and every answer to it has one meaning."""

import functools
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from ci.errors import UsageError
from ci.jenkins import (
    AuthError, BadParameters, Build, JenkinsClient, JenkinsError, NotBuildable, NotFound, PermissionDenied, Queued,
    Refused, Secret, TriggerUncertain, Unavailable,
)
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble, Parameter
from tests.fakes.jenkins.faults import Faults

ENVIRONMENT = Parameter("ENVIRONMENT", choices=("staging", "production"))
PATH = "/job/app/buildWithParameters"


def test_a_job_without_parameters(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    assert client.trigger("app") == Queued(1001, "app")
    assert jenkins.posts == {"/job/app/build": 1}


def test_a_job_with_parameters_takes_its_defaults(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app", [ENVIRONMENT])
    client.wait_for_start(client.trigger("app"))
    assert client.build("app").parameters[0].value == "staging"


def test_values_arrive_as_they_are(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """In the body: addresses are logged, and end at 8 KiB."""
    kinds: list[str | Parameter] = ["LIST", "NUMBER", Parameter("TEXT", kind="Text")]
    kinds.append(Parameter("DEPLOY", False, "Boolean"))
    jenkins.add_job("app", kinds)
    text = "ä & b=c\n%2F+\t" * 2000
    build = client.run("app", {"TEXT": text, "DEPLOY": True, "LIST": ["a", "b"], "NUMBER": 7})
    given = {one.name: one.value for one in client.build("app", build.number).parameters}
    assert given == {"TEXT": text, "DEPLOY": True, "LIST": "a,b", "NUMBER": "7"}


def test_files_travel_beside_text(jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path) -> None:
    job = jenkins.add_job("app", ["NAME", Parameter("DATA", kind="File")])
    (tmp_path / "däta.bin").write_bytes(b"\0\xff\r\n")
    client.run("app", {"NAME": "it"}, files={"DATA": tmp_path / "däta.bin"})
    assert job.builds[-1].parameters == {"NAME": "it", "DATA": b"\0\xff\r\n"}


def test_a_branch_is_written_as_people_write_it(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_multibranch("team/shop", ["main", "feature/login"])
    queued = client.trigger("team/shop", branch="feature/login")
    assert queued.job == "team/shop/feature%2Flogin"
    assert jenkins.posts == {"/job/team/job/shop/job/feature%252Flogin/build": 1}


@pytest.mark.parametrize(("seconds", "sent"), [(0, "0sec"), (90, "90sec"), (1.5, "1500")])
def test_the_delay_replaces_the_quiet_period(
    jenkins: JenkinsDouble, client: JenkinsClient, seconds: float, sent: str
) -> None:
    jenkins.add_job("app")
    client.trigger("app", delay=seconds)
    assert jenkins.calls[-1] == f"POST /job/app/build?delay={sent}"


def test_the_location_counts_only_by_its_number(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """Behind a proxy Jenkins may believe it is elsewhere."""
    jenkins.location_root = "https://wrong.example/prefix/"
    jenkins.add_job("app")
    assert client.trigger("app").id == 1001


def test_an_equal_item_that_waits_is_joined(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app", [ENVIRONMENT])
    first = client.trigger("app", delay=60)
    again = client.trigger("app", delay=60)
    assert (first.merged, again) == (False, Queued(first.id, "app", merged=True))


def test_everything_wrong_with_parameters_is_said_at_once_and_nothing_is_sent(
    jenkins: JenkinsDouble, client: JenkinsClient
) -> None:
    jenkins.add_job("app", [ENVIRONMENT, Parameter("DEPLOY", False, "Boolean"), Parameter("DATA", kind="File")])
    with pytest.raises(BadParameters) as error:
        client.trigger("app", {"ENVIROMENT": "x", "ENVIRONMENT": "stagin", "DEPLOY": "yes"})
    assert str(error.value) == (
        "nothing was sent to app: it has no parameter ENVIROMENT (did you mean ENVIRONMENT?); "
        "ENVIRONMENT can't be 'stagin' (did you mean staging?); DEPLOY is true or false, not 'yes'; "
        "DATA is a file: give one"
    )
    assert error.value.unknown == ("ENVIROMENT",)
    assert error.value.invalid.keys() == {"ENVIRONMENT", "DEPLOY", "DATA"}
    assert error.value.exit_code == 2 and not jenkins.posts


def test_a_secret_is_sent_and_in_no_message(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app", [ENVIRONMENT, Parameter("PASSWORD", kind="Password")])
    job.on_trigger(quiet=0)
    with pytest.raises(BadParameters) as error:
        client.trigger("app", {"ENVIRONMENT": Secret("sesame")})
    assert "sesame" not in f"{error.value!r} {error.value.invalid} {[Secret('sesame')]}"
    client.wait_for_start(client.trigger("app", {"PASSWORD": Secret("sesame")}))
    assert job.builds[0].parameters["PASSWORD"] == "sesame"


def test_a_message_repeats_the_beginning_of_what_is_long(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app", [Parameter("ENV", choices=("staging", "production"))])
    with pytest.raises(BadParameters) as error:
        client.trigger("app", {"ENV": "x" * 10_000, "y" * 10_000: "1"})
    assert str(error.value) == (
        f"nothing was sent to app: it has no parameter {'y' * 100}...; ENV can't be '{'x' * 100}...' "
        "(one of: staging, production)"
    )


def test_a_job_that_takes_nothing_says_how_it_learns(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    with pytest.raises(BadParameters, match="it takes none; a Pipeline learns its parameters from its Jenkinsfile"):
        client.trigger("app", {"A": "1"})


@pytest.mark.parametrize(("params", "name", "said"), [
    ({"DATA": "text"}, "DATA", "DATA is a file: give its path, not its text"),
    ({}, "TEXT", "TEXT is no file but String"),
    ({}, "DATA", "DATA names no file: missing"),
])
def test_files_that_are_none(
    jenkins: JenkinsDouble, client: JenkinsClient, params: dict[str, str], name: str, said: str
) -> None:
    jenkins.add_job("app", ["TEXT", Parameter("DATA", kind="File")])
    with pytest.raises(BadParameters, match=said):
        client.trigger("app", params, files={} if params else {name: Path("missing")})


def test_a_file_that_can_not_be_read_is_said_before_anything_is_sent(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    jenkins.add_job("app", [Parameter("DATA", kind="File")])
    with pytest.raises(UsageError, match="nothing was sent to app: .*: Is a directory"):
        client.trigger("app", files={"DATA": tmp_path}, validate=False)
    assert not jenkins.posts


@pytest.mark.parametrize("defined", [[], [ENVIRONMENT]])
def test_without_validation_the_right_door_is_found_by_what_jenkins_says(
    jenkins: JenkinsDouble, client: JenkinsClient, defined: list[Parameter]
) -> None:
    job = jenkins.add_job("app", defined)
    client.wait_for_start(client.trigger("app", validate=False))
    assert len(job.builds) == 1


def test_a_disabled_job(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").disabled = True
    with pytest.raises(NotBuildable, match="app is disabled: enable it") as error:
        client.trigger("app")
    assert error.value.exit_code == 6 and not jenkins.posts
    with pytest.raises(NotBuildable, match="app is not buildable"):
        client.trigger("app", validate=False)


def test_a_multibranch_project_is_not_scanned_by_mistake(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    project = jenkins.add_multibranch("shop")
    with pytest.raises(NotBuildable, match="shop is a multibranch project and has no builds .*: name a branch"):
        client.trigger("shop")
    assert project.scans == 0


def test_a_veto(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").vetoed = True
    with pytest.raises(Refused, match="did not queue app and does not say why: a plugin may have vetoed it") as error:
        client.trigger("app")
    assert error.value.exit_code == 6


@pytest.mark.parametrize(("location", "said"), [
    ("https://new.example/job/app/build?delay=0sec", "the server has moved, set JENKINS_URL"),
    ("https://sso.example/login?next=x", "wants a login in a browser"),
])
def test_a_redirect_is_not_followed(
    jenkins: JenkinsDouble, client: JenkinsClient, location: str, said: str
) -> None:
    jenkins.add_job("app")
    jenkins.faults.status(302, method="POST", headers={"Location": location})
    with pytest.raises(Refused, match=said):
        client.trigger("app")
    assert sum(jenkins.posts.values()) == 1


def test_no_permission(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").denied = {"Job/Build"}
    with pytest.raises(PermissionDenied, match="alice lacks the permission Job/Build"):
        client.trigger("app")


def test_wrong_credentials(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    with pytest.raises(AuthError):
        make_client(token="wrong").trigger("app")


def test_no_such_job(client: JenkinsClient) -> None:
    with pytest.raises(NotFound):
        client.trigger("app")


@pytest.mark.parametrize("fault", ["during", "after"])
def test_a_connection_that_breaks_leaves_it_open_whether_the_job_was_triggered(
    jenkins: JenkinsDouble, client: JenkinsClient, fault: str
) -> None:
    jenkins.add_job("app", ["A"])
    jenkins.faults.drop_post(fault)
    with pytest.raises(TriggerUncertain) as error:
        client.trigger("app", {"A": "1"})
    assert str(error.value) == (
        f"{jenkins.url[:-1]} broke off the connection. So nobody knows whether app was triggered; "
        "it was not sent again. Look before you repeat it: ci jenkins list app (number 1 or above is new)"
    )
    assert jenkins.posts == {PATH: 1}


FAULTS: dict[str, Callable[[Faults], None]] = {
    "cut before the answer": lambda faults: faults.drop_post("during", times=9),
    "cut instead of an answer": lambda faults: faults.drop_post("after", times=9),
    "cut in the first line of the answer": lambda faults: faults.drop_head(8, method="POST", times=9),
    "cut in the headers of the answer": lambda faults: faults.drop_head(40, method="POST", times=9),
    "cut in the text of the answer": lambda faults: _broken_text(faults),
    "no answer": lambda faults: faults.delay(60.0, method="POST", times=9),
} | {
    str(status): functools.partial(Faults.status, status=status, method="POST", times=9)
    for status in (400, 401, 403, 404, 405, 408, 409, 413, 422, 429, 500, 501, 502, 503, 504, 520)
} | {
    f"{status} to elsewhere": functools.partial(
        Faults.status, status=status, method="POST", times=9, headers={"Location": "/job/app/build?delay=0sec"}
    ) for status in (301, 302, 303, 307, 308)
}


def _broken_text(faults: Faults) -> None:
    faults.status(500, method="POST", times=9, body=b"x" * 1000)
    faults.drop_body(10, path="*/buildWithParameters", times=9)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_trigger_is_sent_once_whatever_becomes_of_it(
    jenkins: JenkinsDouble, make_client: MakeClient, fault: Callable[[Faults], None]
) -> None:
    """And that ends in an error that says whether nothing was queued, or nobody knows."""
    jenkins.add_job("app", ["A"])
    fault(jenkins.faults)
    with pytest.raises(JenkinsError) as error:
        make_client(timeout=(1.0, 0.2)).trigger("app", {"A": "1"})
    assert jenkins.posts == {PATH: 1}
    unknown = isinstance(error.value, TriggerUncertain)
    assert unknown == ("ci jenkins list app" in str(error.value)) and not str(error.value).startswith("try again")


def test_a_connection_that_is_reset_leaves_it_open(jenkins: JenkinsDouble) -> None:
    """Not closed but reset, as by a firewall; after all of the request has been read."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        got: list[bytes] = []

        def reset() -> None:
            connection, _ = server.accept()
            got.append(connection.recv(65536))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

        thread = threading.Thread(target=reset)
        thread.start()
        with JenkinsClient(f"http://127.0.0.1:{server.getsockname()[1]}/", "alice", "token") as client:
            with pytest.raises(TriggerUncertain, match="broke off the connection. So nobody knows"):
                client.trigger("app", validate=False)
        thread.join()
    assert len(got) == 1 and got[0].startswith(b"POST /job/app/buildWithParameters")


def test_a_refused_connection_has_triggered_nothing(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    jenkins.faults.drop_post("before", after=1)
    with pytest.raises(Unavailable, match="can't be reached; nothing was sent") as error:
        client.trigger("app")
    assert not error.value.sent and not jenkins.posts


@pytest.mark.parametrize("status", [500, 502, 504])
def test_an_error_without_a_verdict_leaves_it_open(jenkins: JenkinsDouble, client: JenkinsClient, status: int) -> None:
    jenkins.add_job("app", ["A"])
    jenkins.faults.status(status, method="POST")
    with pytest.raises(TriggerUncertain, match="nobody knows whether app was triggered"):
        client.trigger("app", {"A": "1"})
    assert jenkins.posts == {PATH: 1}


@pytest.mark.parametrize("status", [503, 429])
def test_a_server_that_says_it_takes_nothing_has_triggered_nothing(
    jenkins: JenkinsDouble, client: JenkinsClient, status: int
) -> None:
    jenkins.add_job("app")
    jenkins.faults.status(status, method="POST")
    with pytest.raises(Unavailable):
        client.trigger("app")
    assert sum(jenkins.posts.values()) == 1


def test_a_503_of_a_proxy_leaves_it_open(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    jenkins.faults.status(503, method="POST", body=b"<h1>Service Unavailable</h1>")
    with pytest.raises(TriggerUncertain):
        client.trigger("app")


def test_an_answer_that_does_not_come_leaves_it_open(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    job = jenkins.add_job("app", ["A"])
    jenkins.faults.delay(0.5, method="POST")
    with pytest.raises(TriggerUncertain, match="took too long to answer"):
        make_client(timeout=(1.0, 0.1)).trigger("app", {"A": "1"})
    assert jenkins.posts == {PATH: 1} and job.builds == []


def test_an_answer_without_a_queue_item_leaves_it_open(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    jenkins.faults.status(201, method="POST", body=b"")
    with pytest.raises(TriggerUncertain, match=r"the answer \(201\) names no queue item"):
        client.trigger("app")


def test_what_came_of_an_uncertain_trigger_can_be_found(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    """First as an item of the queue, then as a build; older builds are not meant."""
    job = jenkins.add_job("app", ["A"])
    job.add_build()
    jenkins.faults.drop_post("after")
    with pytest.raises(TriggerUncertain) as error:
        client.trigger("app", {"A": "1"}, delay=10)
    assert client.find_uncertain(error.value) == (Queued(1001, "app"),)
    jenkins.clock.advance(20)
    found = client.find_uncertain(error.value)
    assert [one.number for one in found if isinstance(one, Build)] == [2]


def test_rebuild_takes_the_old_parameters_and_the_new(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    job = jenkins.add_job("app", [ENVIRONMENT, "VERSION"])
    old = client.run("app", {"ENVIRONMENT": "production", "VERSION": "1"})
    client.wait_for_start(client.rebuild(old, VERSION="2"))
    assert job.builds[-1].parameters == {"ENVIRONMENT": "production", "VERSION": "2"}


def test_rebuild_asks_for_what_jenkins_does_not_tell(
    jenkins: JenkinsDouble, client: JenkinsClient, tmp_path: Path
) -> None:
    job = jenkins.add_job("app", [Parameter("SECRET", kind="Password"), Parameter("DATA", kind="File")])
    data = tmp_path / "data"
    data.write_bytes(b"new")
    job.add_build({"SECRET": "x", "DATA": b"old"})
    with pytest.raises(BadParameters, match="does not tell what SECRET, DATA of app #1 was: give it again"):
        client.rebuild(client.build("app"))
    client.wait_for_start(client.rebuild(client.build("app"), SECRET="y", DATA=data))
    assert job.builds[-1].parameters == {"SECRET": "y", "DATA": b"new"}


def test_new_code_scans_a_multibranch_project_and_triggers_a_job(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    project, _ = jenkins.add_multibranch("shop"), jenkins.add_job("app")
    assert client.notify("shop") is None and project.scans == 1
    assert client.notify("app") == Queued(1001, "app")


def test_a_disabled_project_is_not_scanned(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_multibranch("shop").disabled = True
    with pytest.raises(Refused, match="shop can't be scanned, is it disabled"):
        client.scan("shop")
