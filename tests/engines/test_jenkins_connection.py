"""Certificates: an authority of one's own, one that nobody knows, and clients that have to show theirs."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.ci.commands.jenkins.shell import Shell
from tests.engines.programs import need
from tests.fakes.jenkins import JenkinsDouble

pytestmark = pytest.mark.engine


class Empty(BaseHTTPRequestHandler):
    """A Jenkins without a job."""

    def do_GET(self) -> None:
        """Any question has this answer."""
        self.send_response(200)
        self.send_header("Content-Length", "11")
        self.end_headers()
        self.wfile.write(b'{"jobs":[]}')

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key in the same file, signed by itself."""
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [need("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "certificate.pem"],
        cwd=folder, check=True, capture_output=True, timeout=60,
    )
    both = folder / "both.pem"
    both.write_text((folder / "certificate.pem").read_text() + (folder / "key.pem").read_text())
    return both


@pytest.fixture(params=[False, True], ids=["any client", "known clients"])
def secured(request: pytest.FixtureRequest, certificate: Path, tmp_path: Path) -> Iterator[Shell]:
    """``ci jenkins`` for a server that speaks HTTPS only, and with the parameter only to clients with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if request.param:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate)
    server = HTTPServer(("127.0.0.1", 0), Empty)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with JenkinsDouble() as unused:
        shell = Shell(unused, tmp_path)
    shell.environment["JENKINS_URL"] = f"https://127.0.0.1:{server.server_port}/"
    if request.param:
        shell.environment["JENKINS_CLIENT_CERT"] = str(certificate)
    yield shell
    server.shutdown()
    server.server_close()


def test_an_authority_of_ones_own_is_trusted(secured: Shell, certificate: Path) -> None:
    done = secured("jobs", REQUESTS_CA_BUNDLE=str(certificate))
    assert (done.returncode, done.stdout, done.stderr) == (0, "no jobs\n", "")


def test_an_unknown_certificate_is_exit_5_and_says_what_to_set(secured: Shell) -> None:
    done = secured("jobs")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.startswith("ci: no trust in the certificate of https://127.0.0.1:")
    assert (done.stderr.count("\n"), "REQUESTS_CA_BUNDLE" in done.stderr) == (1, True)


@pytest.mark.parametrize("secured", [True], indirect=True, ids=["known clients"])
def test_a_client_without_its_certificate_is_exit_5_and_says_what_to_set(secured: Shell, certificate: Path) -> None:
    done = secured("jobs", REQUESTS_CA_BUNDLE=str(certificate), JENKINS_CLIENT_CERT="")
    assert (done.returncode, done.stdout) == (5, "")
    assert (done.stderr.count("\n"), "JENKINS_CLIENT_CERT" in done.stderr) == (1, True)


def test_plain_http_to_a_server_that_speaks_https_is_exit_5(secured: Shell) -> None:
    done = secured("jobs", JENKINS_URL=secured.environment["JENKINS_URL"].replace("https", "http"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (5, "", 1)
