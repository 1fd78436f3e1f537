"""Heroku's API and registry, and the app that they run, on one port of this machine.

It knows the requests that Heroku's command line (11.10.0) makes for a container release. Every request is compared
with the only right one (method, path, Accept, Range, Authorization, body); a wrong one is written into ``faults``.
"""

import base64
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.container_engine_program import DOCKER

APP = "shop"
KEY = "HRKU-0123abcd-4567-89ef-0123-456789abcdef"

VERSION_3 = "application/vnd.heroku+json; version=3"
RANGE = "version ..; max=1, order=desc"
SCALE = {"updates": [{"type": "web", "quantity": 1}]}

ERRORS = {
    401: {"id": "unauthorized", "message": "Invalid credentials provided."},
    403: {"id": "forbidden", "message": "You do not have access to the app shop."},
    404: {"id": "not_found", "resource": "app", "message": "Couldn't find that app."},
    422: {"id": "invalid_params", "message": "No such image."},
    429: {"id": "rate_limit", "message": "Your account reached the API rate limit"},
    500: {"id": "internal", "message": "Internal server error."},
}


def basic(user: str) -> str:
    """The Authorization of ``user`` with the key as password."""
    return "Basic " + base64.b64encode(f"{user}:{KEY}".encode()).decode()


class Heroku:
    """The state of the fake, and its switches; each of the public attributes may be set by a test."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.calls: list[str] = []
        """Method and path of every request, in order."""
        self.faults: list[str] = []
        """What was wrong with requests."""
        self.statuses: defaultdict[str, list[int]] = defaultdict(list)
        """Errors to answer first, as in {"GET /apps/shop": [500, 500]}."""
        self.unanswered: set[str] = set()
        """Requests that are carried out, and whose connection is then closed."""
        self.stack = "container"
        self.web_url: str | None = address + "/"
        self.web = 1
        self.releases: list[dict[str, Any]] = []
        self.outcome = "succeeded"
        """How a new release ends."""
        self.pending = 0
        """How many questions for one release are answered with "pending"."""
        self.output: list[str] | None = None
        """What the release process writes."""
        self.output_missing = 0
        """How many questions for the output are answered with 404."""
        self.ignores_accept = False
        """Whether the registry answers with whatever manifest there is."""
        self.breaks = False
        """Whether the app of a new release never answers."""
        self.lingers = 0
        """How many questions to the app the former release still answers."""
        self.pushed: dict[str, Any] = {}
        self._names: dict[str, str] = {}

    def add_release(self, image: str, name: str, status: str = "succeeded") -> None:
        """Put the release ``name`` of ``image`` on top of the list."""
        version = len(self.releases) + 1
        identity = f"01234567-89ab-cdef-0123-{version:012}"
        url = f"{self.address}/streams/{identity}" if self.output is not None and status == "pending" else None
        self._names[identity] = name
        self.releases.append(
            {"id": identity, "version": version, "status": status, "output_stream_url": url, "image": image}
            | {"eligible_for_rollback": status == "succeeded", "current": True, "description": "Deployed web"}
        )

    def answer(self, call: str, accept: str, body: Any) -> tuple[int, Any]:
        """Status and body for a right request."""
        if self.statuses[call]:
            status = self.statuses[call].pop(0)
            return status, ERRORS[status]
        method, path = call.split()
        if path.startswith(f"/apps/{APP}/releases/"):
            return 200, self._release()
        return self._handlers()[call if not path.startswith("/streams/") else "GET /streams"](accept, body)

    def _handlers(self) -> dict[str, Callable[[str, Any], tuple[int, Any]]]:
        return {
            f"GET /apps/{APP}": lambda *_: (200, self.app()),
            f"GET /apps/{APP}/releases": lambda *_: (206 if len(self.releases) > 1 else 200, self.releases[-1:]),
            f"GET /apps/{APP}/formation": lambda *_: (200, self.formation()),
            f"PATCH /apps/{APP}/formation": self._patch,
            "GET /v2/": lambda *_: (200, {}),
            f"PUT /v2/{APP}/web/manifests/latest": self._push,
            f"GET /v2/{APP}/web/manifests/latest": self._manifest,
            "GET /streams": lambda *_: self._stream(),
            "GET /healthz": lambda *_: self._health(),
        }

    def app(self) -> dict[str, Any]:
        """The app, as the API describes it."""
        stack = {"name": self.stack}
        return {"name": APP, "stack": stack, "build_stack": stack, "web_url": self.web_url}

    def formation(self) -> list[dict[str, Any]]:
        """The app's processes, as the API describes them."""
        return [{"type": "web", "quantity": self.web}, {"type": "clock", "quantity": 0}]

    def _patch(self, accept: str, body: Any) -> tuple[int, Any]:
        if accept == VERSION_3:
            self.web = 1
            self._expect("body", body, SCALE)
            return 200, self.formation()
        digest = self.pushed.get("config", {}).get("digest")
        self._expect("body", body, {"updates": [{"docker_image": digest, "type": "web"}]})
        if not self.releases or self.releases[-1]["image"] != digest:
            follows = self.pending or self.output is not None
            self.add_release(digest, self.pushed["release"], "pending" if follows else self.outcome)
        return 200, self.formation()

    def _push(self, _: str, manifest: Any) -> tuple[int, Any]:
        self.pushed = manifest
        return 201, {}

    def _manifest(self, *_: object) -> tuple[int, Any]:
        if self.pushed["mediaType"] != DOCKER and not self.ignores_accept:
            said = "OCI manifest found, but accept header does not support OCI manifests"
            return 404, {"errors": [{"code": "MANIFEST_UNKNOWN", "message": said}]}
        return 200, self.pushed

    def _release(self) -> dict[str, Any]:
        latest = self.releases[-1]
        if self.pending > 0:
            self.pending -= 1
        else:
            latest["status"] = self.outcome
        return latest

    def _stream(self) -> tuple[int, Any]:
        if self.output_missing:
            self.output_missing -= 1
            return 404, {}
        return 200, "".join(line + "\n" for line in self.output or [])

    def _health(self) -> tuple[int, Any]:
        names = [self._names[one["id"]] for one in self.releases if one["status"] == "succeeded"]
        if self.breaks or not names or not self.web:
            return 503, {}
        if self.lingers:
            self.lingers -= 1
            names.pop()
        return 200, {"status": "ok", "release": names[-1]}

    def check(self, call: str, headers: dict[str, str | None], body: Any) -> None:
        """Compare a request with the only right one."""
        self.calls.append(call)
        method, path = call.split()
        expected: dict[str, str | None] = {"Authorization": f"Bearer {KEY}", "Accept": VERSION_3, "Range": None}
        if path.startswith("/v2/"):
            ours = call == f"GET /v2/{APP}/web/manifests/latest"
            expected["Authorization"] = basic("" if ours else "_")
            expected["Accept"] = DOCKER if ours else headers["Accept"]
        elif not path.startswith("/apps/"):
            expected |= {"Authorization": None, "Accept": headers["Accept"]}
        elif path == f"/apps/{APP}/releases":
            expected["Range"] = RANGE
        elif method == "PATCH" and body != SCALE:
            expected["Accept"] = VERSION_3 + ".docker-releases"
        self._expect(f"headers of {call}", headers, expected)
        if method == "GET":
            self._expect(f"body of {call}", body, None)

    def _expect(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.faults.append(f"{what}: {found}, expected {expected}")


@contextmanager
def serving() -> Iterator[Heroku]:
    """The fake, serving until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            call = f"{self.command} {self.path}"
            length = int(self.headers["Content-Length"] or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {name: self.headers[name] for name in ("Authorization", "Accept", "Range")}
            fake.check(call, headers, body)
            try:
                status, answer = fake.answer(call, self.headers["Accept"] or "", body)
            except KeyError:
                fake.faults.append(f"{call} is not a known request")
                status, answer = 404, ERRORS[404]
            if call not in fake.unanswered:
                self._send(status, answer if isinstance(answer, str) else json.dumps(answer))

        do_PATCH = do_PUT = do_POST = do_GET

        def _send(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake = Heroku(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
