"""How requests travel: what is repeated, what is not, and what is said when they fail."""

import copy
import pickle
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import jenkins as python_jenkins
import pytest
import requests

from ci.errors import CiError, UsageError
from ci.jenkins import (
    AuthError, JenkinsClient, JenkinsError, NotFound, PermissionDenied, Refused, ServerError, TimedOut, Unavailable,
)
from tests.ci.jenkins.conftest import MakeClient
from tests.fakes.jenkins import JenkinsDouble


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_question_is_asked_again_when_the_server_is_away_for_a_moment(
    jenkins: JenkinsDouble, client: JenkinsClient, status: int
) -> None:
    jenkins.faults.status(status, times=3)
    assert client.status().version == "2.579"
    assert len(jenkins.requests) == 4
    assert jenkins.clock.slept == [0.5, 1.0, 2.0]


def test_a_question_is_asked_again_when_the_connection_breaks(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.drop_get(times=2)
    assert client.status().version == "2.579"


def test_a_question_is_asked_again_when_the_answer_breaks_off(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.drop_body(10)
    assert client.status().version == "2.579"


def test_an_error_that_breaks_off_is_an_error_like_others(
    jenkins: JenkinsDouble, make_client: MakeClient
) -> None:
    jenkins.faults.status(500)
    jenkins.faults.drop_body(10)
    with pytest.raises(Unavailable, match="broke off the connection"):
        make_client(retries=0).get("api/json", stream=True)


def test_a_question_is_asked_in_vain_four_times_and_not_more(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.status(502, times=99)
    with pytest.raises(Unavailable, match="answered GET /api/json with 502 Bad Gateway: try again later"):
        client.status()
    assert len(jenkins.requests) == 4


def test_what_changes_something_is_sent_once(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.status(502)
    with pytest.raises(Unavailable) as error:
        client.lint("pipeline {}")
    assert error.value.sent and len(jenkins.requests) == 1


def test_a_starting_server_says_so(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    jenkins.enter("starting")
    with pytest.raises(Unavailable, match="Jenkins is starting or restarting") as error:
        make_client(retries=0).status()
    assert (error.value.starting, error.value.status, error.value.exit_code) == (True, 503, 5)


def test_a_server_that_is_not_there_says_so(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    jenkins.faults.refuse()
    with pytest.raises(Unavailable, match=f"{jenkins.url[:-1]} can't be reached: is Jenkins up") as error:
        make_client(retries=0).status()
    assert error.value.status is None


def test_an_answer_that_does_not_come_is_not_waited_for(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    jenkins.faults.delay(0.5)
    with pytest.raises(TimedOut, match="took too long to answer") as error:
        make_client(retries=0, timeout=(1.0, 0.05)).status()
    assert isinstance(error.value, python_jenkins.TimeoutException)


def test_wrong_credentials(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    with pytest.raises(AuthError, match="does not take these credentials") as error:
        make_client(token="wrong").status()
    assert error.value.exit_code == 4


def test_no_credentials(jenkins: JenkinsDouble) -> None:
    jenkins.strict = False
    with pytest.raises(AuthError, match="wants a login for GET /api/json: set JENKINS_USER_ID"):
        JenkinsClient(jenkins.url).status()


def test_a_missing_permission_is_named(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").denied = {"Job/Read"}
    with pytest.raises(PermissionDenied, match="alice lacks the permission Job/Read") as error:
        client.build("app")
    assert (error.value.permission, error.value.exit_code) == ("Job/Read", 4)


def test_what_is_not_there_may_be_hidden(client: JenkinsClient) -> None:
    with pytest.raises(NotFound, match="Jenkins has nothing at /job/app/config.xml, or hides it") as error:
        client.get("job/app/config.xml")
    assert error.value.exit_code == 3


def test_a_failure_of_jenkins_is_told_without_its_markup(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    page = b"<html><head><style>x{}</style></head><body><h1>Oops!</h1><p>A &amp; B</p></body>"
    jenkins.faults.status(500, body=page, headers={"X-Jenkins": "2.579"})
    with pytest.raises(ServerError) as error:
        client.status()
    assert str(error.value) == "Jenkins failed at GET /api/json: Oops! A & B (500); its own log says more"


def test_a_refusal_gives_the_reason_of_jenkins(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app")
    with pytest.raises(Refused, match=r"A job already exists with the name 'app' \(400\)"):
        client.post("createItem?name=app", data=b"<project/>", headers={"Content-Type": "text/xml"})


def test_something_else_than_jenkins_answers(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.faults.status(200, body=b"<html>Welcome</html>")
    with pytest.raises(JenkinsError, match="the answer to GET /api/json is not Jenkins' JSON .*: see JENKINS_URL"):
        client.status()


@pytest.mark.parametrize("error", [AuthError, NotFound, Refused, Unavailable])
def test_every_error_is_one_of_python_jenkins_and_one_of_ours(error: type[Exception]) -> None:
    assert issubclass(error, python_jenkins.JenkinsException) and issubclass(error, CiError)


def test_an_api_token_needs_no_crumb(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    client.lint("pipeline {}")
    assert jenkins.calls == ["POST /pipeline-model-converter/validateJenkinsfile"]


def test_a_password_costs_two_requests_once(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    client = make_client(token=jenkins.password)
    client.lint("pipeline {}")
    client.lint("pipeline {}")
    lint = "POST /pipeline-model-converter/validateJenkinsfile"
    assert jenkins.calls == [lint, "GET /crumbIssuer/api/json", lint, lint]


def test_a_stale_crumb_is_renewed(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    client = make_client(token=jenkins.password)
    client.lint("pipeline {}")
    jenkins.users.forget_sessions()
    assert client.lint("pipeline {}").valid


def test_a_crumb_that_never_suits_is_an_error(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    jenkins.faults.status(403, method="POST", times=9, body=b"No valid crumb was included in the request")
    with pytest.raises(PermissionDenied, match="wants a crumb with this request, and took none"):
        make_client(token=jenkins.password).lint("pipeline {}")


def test_the_secret_is_in_no_text_that_somebody_sees(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    client = make_client()
    jenkins.enter("starting")
    with pytest.raises(Unavailable) as error:
        client.status()
    assert repr(client) == f"JenkinsClient('{jenkins.url}')"
    assert jenkins.token not in f"{client!r} {error.value!r} {vars(error.value)}"


def test_an_address_with_a_password_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError, match="holds a user or a password") as error:
        JenkinsClient("https://alice:hunter2@jenkins.example.org/")
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("token", ["hunter2\n", " hunter2", "hunter2\r", "hun\0ter2", "hun\nter2"])
def test_a_token_with_the_end_of_a_line_is_not_sent(jenkins: JenkinsDouble, token: str) -> None:
    with pytest.raises(UsageError, match="the API token or password has a blank or the end of a line") as error:
        JenkinsClient(jenkins.url, "alice", token)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize("headers", ["X-Gate=hunter2", "X Gate: hunter2", "X-Gate: hunter2\x7f", "X-Gate: hunter2€"])
def test_extra_headers_that_are_none(
    jenkins: JenkinsDouble, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, headers: str
) -> None:
    monkeypatch.setenv("JENKINS_API_EXTRA_HEADERS", f"X-Good: 1\n{headers}")
    with pytest.raises(UsageError, match="JENKINS_API_EXTRA_HEADERS holds a line that is no header: write") as error:
        make_client()
    assert "hunter2" not in str(error.value)


def test_extra_headers_are_sent_and_not_logged(
    jenkins: JenkinsDouble, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("JENKINS_API_EXTRA_HEADERS", "X-Gate: open-sesame\nX-Other:\n\n")
    make_client().status()
    assert jenkins.requests[0].request.headers["x-gate"] == "open-sesame"
    assert "open-sesame" not in caplog.text


def test_extra_headers_and_the_login_do_not_go_to_other_hosts(
    jenkins: JenkinsDouble, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JENKINS_API_EXTRA_HEADERS", "X-Gate: open-sesame")
    jenkins.add_job("app").add_build(artifacts={"a.txt": b"1"})
    jenkins.keep_artifacts_elsewhere()
    client = make_client()
    client.download(client.build("app"), dest=tmp_path)
    elsewhere = jenkins.requests[-1].request
    assert not elsewhere.headers.keys() & {"x-gate", "authorization"}


def test_a_netrc_gives_no_other_login_to_where_an_answer_points(
    jenkins: JenkinsDouble, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """requests would send the entry of that host, or the default one, in place of the login it began with."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else")
    monkeypatch.setenv("NETRC", str(netrc))
    jenkins.add_job("app").add_build(artifacts={"a.txt": b"1"})
    jenkins.keep_artifacts_elsewhere()
    client = make_client()
    client.download(client.build("app"), dest=tmp_path)
    assert "authorization" not in jenkins.requests[-1].request.headers
    jenkins.faults.status(302, headers={"Location": f"{jenkins.url}job/app/lastBuild/api/json?tree=number,timestamp"})
    client.build("app")
    before, after = (exchange.request.headers["authorization"] for exchange in jenkins.requests[-2:])
    assert before == after


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy])
def test_a_client_is_not_copied(client: JenkinsClient, duplicate: Callable[[object], object]) -> None:
    """A copy would carry the password and a crumb that is soon stale."""
    with pytest.raises(TypeError, match="holds a password"):
        duplicate(client)


def test_one_client_serves_several_threads(jenkins: JenkinsDouble, make_client: MakeClient) -> None:
    """Also where all of them find the crumb stale at once."""
    client = make_client(token=jenkins.password)
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _ in range(5):
                client.status()
                client.lint("pipeline {}")
        except Exception as error:  # noqa: BLE001 - whatever a thread meets is shown by the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert jenkins.calls.count("GET /crumbIssuer/api/json") == 1


def test_all_requests_share_a_connection(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("app").on_trigger(log=b"line\n" * 1000)
    client.run("app", log=lambda text: None)
    assert len(jenkins.requests) > 4 and jenkins.connections == 1


def test_certificates_and_proxies_reach_the_session(make_client: MakeClient, tmp_path: Path) -> None:
    proxies, cert = {"https": "http://proxy:3128"}, (tmp_path / "c.pem", tmp_path / "k.pem")
    session = make_client(verify=tmp_path / "ca.pem", cert=cert, proxies=proxies)._session
    assert (session.verify, session.proxies) == (str(tmp_path / "ca.pem"), proxies)
    assert session.cert == (str(cert[0]), str(cert[1]))


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], str]]:
    """Starts a server on a port of this machine that answers whoever comes with these bytes; gives host and port."""
    servers: list[socketserver.TCPServer] = []

    def start(answer: bytes) -> str:
        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.recv(65536)
                self.request.sendall(answer)

        servers.append(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, args=(0.01,), daemon=True).start()
        return f"127.0.0.1:{servers[-1].server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("answer", [b"\x15\x03\x01\x00\x02\x02\x46", b"SSH-2.0-OpenSSH\r\n"])
def test_a_server_that_speaks_something_else_is_not_asked_again(
    answering: Callable[[bytes], str], jenkins: JenkinsDouble, answer: bytes
) -> None:
    """The first is how a server that wants HTTPS refuses HTTP."""
    server = f"http://{answering(answer)}"
    with JenkinsClient(server, "alice", "token", sleep=jenkins.clock.sleep) as client:
        with pytest.raises(Unavailable) as error:
            client.status()
    assert str(error.value) == f"{server} is no web server: see JENKINS_URL, and whether it wants https://"
    assert jenkins.clock.slept == []


@pytest.mark.parametrize(("reason", "pauses"), [("407 Proxy Authentication Required", 0), ("500 Out of order", 3)])
def test_a_proxy_that_opens_no_way_says_why(
    answering: Callable[[bytes], str], jenkins: JenkinsDouble, reason: str, pauses: int
) -> None:
    proxy = answering(f"HTTP/1.1 {reason}\r\nContent-Length: 0\r\n\r\n".encode())
    with JenkinsClient(
        "https://jenkins.invalid/", "alice", "token", proxies={"https": f"http://{proxy}"}, sleep=jenkins.clock.sleep
    ) as client, pytest.raises(Unavailable) as error:
        client.status()
    assert str(error.value) == (
        f"the proxy before https://jenkins.invalid opens no way to it ({reason}): see HTTPS_PROXY and NO_PROXY"
    )
    assert len(jenkins.clock.slept) == pauses


def test_a_proxy_that_is_not_there_is_named_as_the_reason(make_client: MakeClient) -> None:
    client = make_client(proxies={"http": "http://127.0.0.1:9"}, retries=0)
    with pytest.raises(Unavailable, match="the proxy before .* does not answer: see HTTP_PROXY and NO_PROXY"):
        client.status()


@pytest.mark.parametrize("proxy", ["http://", "http://[proxy", "ftp://proxy:3128", "socks5://127.0.0.1:9"])
def test_a_proxy_without_an_address_is_named_by_its_variable(
    jenkins: JenkinsDouble, make_client: MakeClient, proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's own address is not to blame."""
    monkeypatch.setenv("HTTP_PROXY", proxy)
    monkeypatch.setenv("NO_PROXY", "")
    with pytest.raises(JenkinsError) as error:
        make_client().status()
    assert str(error.value) == (
        f"the proxy before {jenkins.url[:-1]} has no address that can be used: write HTTP_PROXY (or ALL_PROXY) as "
        "http://proxy.example.org:3128"
    )
    assert jenkins.clock.slept == []


LASTING = [
    ("http://nowhere.invalid/", "nothing is known of the host of http://nowhere.invalid: is JENKINS_URL right?"),
    ("http://a..b/", "http://a..b is no address of a Jenkins server: see JENKINS_URL"),
    ("ftp://host/", "ftp://host is no address of a Jenkins server: see JENKINS_URL"),
]


@pytest.mark.parametrize(("url", "said"), LASTING)
def test_what_will_not_change_is_not_asked_again(
    jenkins: JenkinsDouble, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    def nobody(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with JenkinsClient(url, "alice", "token", sleep=jenkins.clock.sleep) as client:
        with pytest.raises(JenkinsError) as error:
            client.status()
    assert (str(error.value), jenkins.clock.slept) == (said, [])


def test_a_name_server_that_is_away_is_asked_again(
    jenkins: JenkinsDouble, client: JenkinsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")])
    real = socket.getaddrinfo

    def hesitant(*arguments: Any, **options: Any) -> Any:
        for error in answers:
            raise error
        return real(*arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hesitant)
    assert client.status().version == "2.579"


def test_files_of_certificates_that_are_not_there(jenkins: JenkinsDouble, tmp_path: Path) -> None:
    url = jenkins.url.replace("http", "https")
    with JenkinsClient(url, "alice", "token", verify=tmp_path / "none") as client:
        with pytest.raises(JenkinsError, match="invalid path: .*none: see REQUESTS_CA_BUNDLE"):
            client.status()


def test_a_connection_that_can_not_be_secured_names_what_to_look_at(jenkins: JenkinsDouble, tmp_path: Path) -> None:
    """Here the file of authorities is none."""
    (tmp_path / "authorities").write_text("none")
    with JenkinsClient(
        jenkins.url.replace("http", "https"), "alice", "token", verify=tmp_path / "authorities", retries=0
    ) as client, pytest.raises(Unavailable, match="no secure connection .* REQUESTS_CA_BUNDLE"):
        client.status()


def test_python_jenkins_own_methods_go_through_the_same_door(jenkins: JenkinsDouble, client: JenkinsClient) -> None:
    jenkins.add_job("folder/app")
    jenkins.faults.status(503)
    assert client.jenkins_request(requests.Request("GET", jenkins.url + "api/json")).status_code == 200
