"""A log of a gigabyte goes through a program that stays small."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
LINE = b"a line of a log as long as they are, with a r\xc3\xa9sum\xc3\xa9 of what happened\n"
PIECE = LINE * 10_000
PIECES = 1_000_000_000 // len(PIECE) + 1
#: What is in one answer while the build runs: a fifth of the log.
LOOK = PIECES // 5
#: How much larger the program may get, in bytes.
GROWTH = 20_000_000

READER = """
import json, resource, sys
from datetime import UTC, datetime
from ci.jenkins import Build, JenkinsClient
url, way, options = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
client = JenkinsClient(url, "alice", "token", sleep=lambda seconds: None)
build = Build("app", 1, url, True, None, datetime.now(UTC), 0.0)
read = getattr(client, way)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
size = before = 0
for part in read(build, **options):
    size += len(part)
    before = before or peak()
print(json.dumps({"size": size, "growth": peak() - before}))
"""


class Log(BaseHTTPRequestHandler):
    """Makes the log while it sends it: a fifth with each look, and then the end."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """What is there from ``start`` on."""
        start = int(parse_qs(urlsplit(self.path).query)["start"][0]) // len(PIECE)
        end = min(start + LOOK, PIECES)
        wire = PIECE.replace(b"\n", b"\r\n")
        self.send_response(200)
        self.send_header("X-Text-Size", str(end * len(PIECE)))
        self.send_header("Content-Length", str((end - start) * len(wire)))
        if end < PIECES:
            self.send_header("X-More-Data", "true")
        self.end_headers()
        for _ in range(start, end):
            self.wfile.write(wire)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class WholeLog(Log):
    """All of it in one answer."""

    def do_GET(self) -> None:
        """From the beginning."""
        wire = PIECE.replace(b"\n", b"\r\n")
        self.send_response(200)
        self.send_header("X-Text-Size", str(PIECES * len(PIECE)))
        self.send_header("Content-Length", str(PIECES * len(wire)))
        self.end_headers()
        for _ in range(PIECES):
            self.wfile.write(wire)


@pytest.fixture
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server with a log, which the test names."""
    with ThreadingHTTPServer(("127.0.0.1", 0), request.param) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("url", "way", "options"), [
    (WholeLog, "log_chunks", {"follow": False}),
    (Log, "stream_log", {"follow": True, "timeout": 3600.0}),
], indirect=["url"])
def test_memory(url: str, way: str, options: dict[str, object]) -> None:
    """What is there now as bytes; and as text while it grows, within a time limit."""
    done = subprocess.run(
        [sys.executable, "-c", READER, url, way, json.dumps(options)], cwd=ROOT, capture_output=True, text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    size = PIECES * len(PIECE)
    assert told["size"] == size if way == "log_chunks" else size * len(LINE.decode()) // len(LINE)
    assert told["growth"] < GROWTH
