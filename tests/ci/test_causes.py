"""What stops uv and pip, the real ones, is said in plain words before what they write themselves."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.ci.offline_machine import CLOSED_INDEX, Machine, reaches_only_a_closed_port

UNKNOWN_INDEX = "http://nowhere.invalid/simple"  # RFC 6761: a name that no server has
CLOSED_PROXY = "http://127.0.0.1:9"

NO_NETWORK = "no network: the server can't be reached"
NO_NAME = "no network, or no server of that name"
NO_PROXY = "the network's proxy can't be reached, or refuses"
PASSWORD = "the proxy wants a name and a password"
NOT_TRUSTED = "the connection to the server is not trusted (TLS)"
NOTHING = "the package index has no such package, or gave no answer"


class Answer(BaseHTTPRequestHandler):
    """The path of an address on this server begins with the status that it answers; a proxy of it asks for a name."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_CONNECT(self) -> None:
        self.send_error(407)

    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The host and port of a server that answers what it is asked to."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as listening:
        Thread(target=listening.serve_forever, daemon=True).start()
        yield f"localhost:{listening.server_port}"
        listening.shutdown()


def said(folder: Path, tool: str, index: str, **variables: str) -> str:
    """What the first line of a failed set-up says behind the tool and its exit code."""
    machine = Machine(folder, with_uv=tool == "uv")
    machine.variables = {**reaches_only_a_closed_port(machine.variables), "PIP_INDEX_URL": index, "PIP_RETRIES": "1"}
    machine.variables |= {**variables, "PIP_TRUSTED_HOST": "nowhere.invalid"}
    code, output = machine.run("-m", "ci", "run", cwd=machine.project())
    failed = re.search(r"failed \((\w+), exit code \d\): (.*)", output)
    assert failed and (code, failed[1]) == (2, tool)
    assert output.endswith("Then run the same command again: it goes on from here.\n")
    return failed[2]


@pytest.mark.parametrize("tool", ["uv", "pip"])
@pytest.mark.parametrize(("index", "expected"), [(CLOSED_INDEX, NO_NETWORK), (UNKNOWN_INDEX, NO_NAME)])
def test_no_network(tmp_path: Path, tool: str, index: str, expected: str) -> None:
    assert said(tmp_path, tool, index) == expected


@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_a_proxy(tmp_path: Path, tool: str, server: str) -> None:
    index = "https://nowhere.invalid/simple"
    assert said(tmp_path / "closed", tool, index, HTTPS_PROXY=CLOSED_PROXY) == NO_PROXY
    assert said(tmp_path / "guarded", tool, index, HTTPS_PROXY=f"http://{server}") == PASSWORD


@pytest.mark.parametrize("tool", ["uv", "pip"])
def test_a_connection_that_is_not_what_it_says(tmp_path: Path, tool: str, server: str) -> None:
    assert said(tmp_path, tool, f"https://{server}/200/simple") == NOT_TRUSTED


def test_an_index_with_a_fault(tmp_path: Path, server: str) -> None:
    assert said(tmp_path, "uv", f"http://{server}/503/simple") == "the package index has a fault of its own"


@pytest.mark.parametrize("status", [403, 404, 503])
def test_what_pip_passes_over_in_silence(tmp_path: Path, server: str, status: int) -> None:
    """It may know a password that uv doesn't, so it is asked too where uv is refused."""
    assert said(tmp_path, "pip", f"http://{server}/{status}/simple") == NOTHING


@pytest.mark.parametrize(("variable", "expected"), [
    ("UV_OFFLINE", "the network is switched off for uv"),
    ("PIP_NO_INDEX", "the package index is switched off, and the other places lack a package"),
])
def test_a_network_that_is_switched_off(tmp_path: Path, variable: str, expected: str) -> None:
    assert said(tmp_path, "uv", CLOSED_INDEX, **{variable: "1"}) == expected
