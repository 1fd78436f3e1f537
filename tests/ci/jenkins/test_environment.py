"""A client is made from the variables that Jenkins' own command line reads."""

import base64
from pathlib import Path

import pytest

from ci.errors import UsageError
from ci.jenkins import AuthError, from_env
from tests.fakes.jenkins import JenkinsDouble


def test_the_three_variables(jenkins: JenkinsDouble) -> None:
    login = {"JENKINS_USER_ID": jenkins.user, "JENKINS_API_TOKEN": jenkins.token}
    client = from_env({"JENKINS_URL": jenkins.url.rstrip("/"), **login})
    assert client.status().version == "2.579"
    client.close()


def test_the_end_of_a_line_in_a_variable_is_not_sent(jenkins: JenkinsDouble) -> None:
    """As in JENKINS_API_TOKEN=$(cat file) of shells that keep it, or of a secret that is a file."""
    login = {"JENKINS_USER_ID": f"{jenkins.user} ", "JENKINS_API_TOKEN": f" {jenkins.token}\r\n"}
    with from_env({"JENKINS_URL": f"{jenkins.url}\n", **login}) as client:
        assert client.status().version == "2.579"


def test_without_a_user_netrc_is_read(
    jenkins: JenkinsDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login {jenkins.user} password {jenkins.token}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    client = from_env({"JENKINS_URL": jenkins.url})
    assert client.status().version == "2.579"
    client.close()


@pytest.mark.parametrize(("content", "said"), [
    ("machine 127.0.0.1\n login me passwrd hunter2\n".encode(), "~/.netrc is wrong in line [23]: mend it"),
    (b"machine 127.0.0.1 login me password hunter2\xff\n", "~/.netrc is no text in UTF-8: mend it"),
])
def test_a_netrc_that_can_not_be_read_is_named_without_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, said: str
) -> None:
    """requests would go on without a login."""
    (tmp_path / "netrc").write_bytes(content)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with pytest.raises(UsageError, match=said) as error:
        from_env({"JENKINS_URL": "http://127.0.0.1/"})
    assert "hunter2" not in str(error.value)


def test_a_netrc_is_sent_in_utf_8(jenkins: JenkinsDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login j\u00fcrgen password \u20ac\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with from_env({"JENKINS_URL": jenkins.url}) as client, pytest.raises(AuthError):
        client.status()
    sent = jenkins.requests[-1].request.headers["authorization"].removeprefix("Basic ")
    assert base64.b64decode(sent).decode() == "j\u00fcrgen:\u20ac"


@pytest.mark.parametrize(("environ", "said"), [
    ({}, "JENKINS_URL is not set: export JENKINS_URL="),
    ({"JENKINS_URL": "jenkins.example.org"}, "is no address of a server"),
    ({"JENKINS_URL": "ftp://jenkins.example.org"}, "is no address of a server"),
    ({"JENKINS_URL": "http://[::1"}, "is no address of a server"),
    ({"JENKINS_URL": "http://host:port/"}, "is no address of a server"),
    ({"JENKINS_URL": "https://me:hunter2@jenkins.example.org"}, "JENKINS_URL holds a user"),
    ({"JENKINS_URL": "http://j", "JENKINS_USER_ID": "me"}, "JENKINS_USER_ID is set and JENKINS_API_TOKEN is not"),
    ({"JENKINS_URL": "http://j", "JENKINS_API_TOKEN": "hunter2"}, "JENKINS_API_TOKEN is set and JENKINS_USER_ID is"),
    ({"JENKINS_URL": "http://j", "JENKINS_CLIENT_CERT": "none.pem"}, "no client certificate or key none.pem"),
])
def test_what_is_missing_or_wrong_is_named_without_secrets(environ: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        from_env(environ)
    assert "hunter2" not in str(error.value)


def test_a_client_certificate(tmp_path: Path) -> None:
    cert, key = tmp_path / "c.pem", tmp_path / "k.pem"
    cert.touch()
    key.touch()
    environ = {"JENKINS_URL": "https://j", "JENKINS_CLIENT_CERT": str(cert), "JENKINS_CLIENT_KEY": str(key)}
    assert from_env(environ)._session.cert == (str(cert), str(key))
