"""What GitHub's own language server (npm @actions/languageserver) says of a workflow, without a network."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from ci.errors import CommandError

PROGRAM = "actions-languageserver"


class LanguageServer(NamedTuple):
    """A running server, and the two ends to talk to it in JSON-RPC (Language Server Protocol 3.17, base protocol)."""

    requests: IO[bytes]
    answers: IO[bytes]

    def findings(self, workflow: Path) -> list[str]:
        """Each finding as ``line: text``."""
        uri = workflow.resolve().as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": workflow.read_text("utf-8")}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        while True:
            message = self.receive()
            parameters = message.get("params", {})
            if message.get("method") == "textDocument/publishDiagnostics" and parameters["uri"] == uri:
                return [f"{one['range']['start']['line'] + 1}: {one['message']}" for one in parameters["diagnostics"]]

    def send(self, **message: Any) -> None:
        """Send one message."""
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.requests.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.requests.flush()

    def receive(self) -> dict[str, Any]:
        """The next message; a question of the server's gets an empty answer. Raises CommandError at its end."""
        length = 0
        while line := self.answers.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        if not length:
            raise CommandError(f"{PROGRAM} ended without an answer")
        message: dict[str, Any] = json.loads(self.answers.read(length))
        if "id" in message and "method" in message:
            self.send(id=message["id"], result=None)
        return message


def check(folder: Path) -> list[str]:
    """The findings about every workflow below ``folder``."""
    with language_server() as server:
        workflows = sorted(folder.glob(".github/workflows/*.y*ml"))
        return [f"{path.relative_to(folder)}:{found}" for path in workflows for found in server.findings(path)]


def missing() -> str:
    """What installs the server, "" where it is there."""
    return "" if shutil.which(PROGRAM) else "npm install @actions/languageserver"


@contextmanager
def language_server() -> Iterator[LanguageServer]:
    """A server that runs as long as it is needed. Raises CommandError where it ends by itself."""
    pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
    with subprocess.Popen([PROGRAM, "--stdio"], stdin=pipe, stdout=pipe, stderr=nowhere) as process:
        assert process.stdin and process.stdout
        server = LanguageServer(process.stdin, process.stdout)
        try:
            server.send(id=1, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}})
            while server.receive().get("id") != 1:
                pass
            server.send(method="initialized", params={})
            yield server
        finally:
            process.terminate()
