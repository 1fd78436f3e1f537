"""Heroku's API and registry, and the app that they run, on one port of this machine.

Every request is compared with the only right one (`heroku_requests`); what is wrong is written into ``faults``.
Heroku's own command line (heroku 11.10.0, with HEROKU_HOST) took it for Heroku: releases, releases:rollback, ps:scale.
"""

import json
import re
import signal
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.fakes.container_engine_program import DOCKER
from tests.fakes.heroku_requests import APP, KEY, VERSION_3, Request, basic, hand_over, scale

__all__ = ["APP", "ERRORS", "KEY", "Heroku", "basic", "scale", "serving"]

ERRORS: dict[int, dict[str, str]] = {
    302: {},
    401: {"id": "unauthorized", "message": "Invalid credentials provided."},
    403: {"id": "forbidden", "message": "You do not have access to the app shop."},
    404: {"id": "not_found", "resource": "app", "message": "Couldn't find that app."},
    422: {"id": "invalid_params", "message": "No such image."},
    429: {"id": "rate_limit", "message": "Your account reached the API rate limit"},
    500: {"id": "internal", "message": "Internal server error."},
}

Answer = tuple[int, Any]


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
        self.headers: dict[str, str] = {}
        """Headers of these errors."""
        self.unanswered: set[str] = set()
        """Requests that are carried out, and whose connection is then closed."""
        self.interrupts: set[tuple[str, int]] = set()
        """At which requests the main thread is interrupted, each with the how many-th of its kind it is."""
        self.stack = "container"
        self.web_url: str | None = address + "/"
        self.web = 1
        self.state = "up"
        """How the web processes are."""
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
        self.broken: dict[str, int] = {}
        """The status with which releases answer that do not serve, by the path, "/healthz" or "/"."""
        self.broken_again = 0
        """How many releases break that are released again."""
        self.lingers = 0
        """How many questions to the app and for its processes the former release still answers."""
        self.pushed: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._broken: set[str] = set()

    def add_release(self, image: str, name: str, status: str = "succeeded", **fields: object) -> dict[str, Any]:
        """Put the release ``name`` of ``image`` on top of the list; ``fields`` take the place of the usual ones."""
        version = len(self.releases) + 1
        identity = f"01234567-89ab-cdef-0123-{version:012}"
        url = f"{self.address}/streams/{identity}" if self.output is not None and status == "pending" else None
        self._names[identity] = name
        made = {"id": identity, "version": version, "status": status, "output_stream_url": url, "image": image}
        made |= {"eligible_for_rollback": status == "succeeded", "description": f"Deployed web ({image[-12:]})"}
        made |= {"created_at": f"2026-11-22T10:00:{version:02}Z", "user": {"email": "ann@example.org"}} | fields
        self.releases.append(made)
        return self._shown(made)

    def answer(self, request: Request) -> Answer:
        """Status and body for a right request."""
        if self.statuses[request.call]:
            status = self.statuses[request.call].pop(0)
            return status, ERRORS[status]
        method, path = request.call.split()
        if path.startswith(f"/apps/{APP}/releases/"):
            return self._release(path.rpartition("/")[2])
        return self._handlers()[request.call if not path.startswith("/streams/") else "GET /streams"](request)

    def _handlers(self) -> dict[str, Callable[[Request], Answer]]:
        return {
            f"GET /apps/{APP}": lambda _: (200, self.app()),
            f"GET /apps/{APP}/releases": self._list,
            f"POST /apps/{APP}/releases": self._roll_back,
            f"GET /apps/{APP}/formation": lambda _: (200, self.formation()),
            f"PATCH /apps/{APP}/formation": self._patch,
            f"GET /apps/{APP}/dynos": lambda _: (200, self.dynos()),
            "GET /v2/": lambda _: (200, {}),
            f"PUT /v2/{APP}/web/manifests/latest": self._push,
            f"GET /v2/{APP}/web/manifests/latest": self._manifest,
            "GET /streams": lambda _: self._stream(),
            "GET /healthz": lambda _: self._health("/healthz"),
            "GET /": lambda _: self._health("/"),
        }

    def app(self) -> dict[str, Any]:
        """The app, as the API describes it."""
        stack = {"name": self.stack}
        return {"name": APP, "stack": stack, "build_stack": stack, "web_url": self.web_url}

    def formation(self) -> list[dict[str, Any]]:
        """What processes the app is to have, as the API describes them."""
        return [{"type": "web", "quantity": self.web}, {"type": "clock", "quantity": 0}]

    def dynos(self) -> list[dict[str, Any]]:
        """What processes the app has, as the API describes them."""
        one = self._serving()
        web = [{"name": f"web.{number + 1}", "type": "web", "state": self.state} for number in range(self.web)]
        return [process | {"release": {"id": one["id"], "version": one["version"]}} for process in web if one]

    def _shown(self, release: dict[str, Any]) -> dict[str, Any]:
        """A release, as the API describes it."""
        current = next((one for one in reversed(self.releases) if one["status"] == "succeeded"), None)
        return {name: value for name, value in release.items() if name != "image"} | {"current": release is current}

    def _list(self, request: Request) -> Answer:
        asked = re.search(r"max=(\d+)", request.range or "")
        count = int(asked[1]) if asked else 200
        shown = [self._shown(one) for one in reversed(self.releases)][:count]
        return (206 if len(self.releases) > count else 200), shown

    def _roll_back(self, request: Request) -> Answer:
        former = next((one for one in self.releases if one["id"] == request.body["release"]), None)
        if former is None or not former["eligible_for_rollback"]:
            return 422, ERRORS[422]
        status = "pending" if self.pending or self.output is not None else self.outcome
        description = f"Rollback to v{former['version']}"
        made = self.add_release(former["image"], self._names[former["id"]], status, description=description)
        if self.broken_again:
            self.broken_again -= 1
            self._broken.add(made["id"])
        return 201, made

    def _patch(self, request: Request) -> Answer:
        if request.accept == VERSION_3:
            self.web = request.body["updates"][0]["quantity"]
            return 200, self.formation()
        digest = self.pushed.get("config", {}).get("digest")
        if request.body != hand_over(digest):
            self.faults.append(f"the image {request.body} was not pushed")
        if not self.releases or self.releases[-1]["image"] != digest:
            follows = self.pending or self.output is not None
            made = self.add_release(digest, self.pushed["release"], "pending" if follows else self.outcome)
            if self.broken:
                self._broken.add(made["id"])
        return 200, self.formation()

    def _push(self, request: Request) -> Answer:
        self.pushed = request.body
        return 201, {}

    def _manifest(self, _: Request) -> Answer:
        if self.pushed["mediaType"] != DOCKER and not self.ignores_accept:
            said = "OCI manifest found, but accept header does not support OCI manifests"
            return 404, {"errors": [{"code": "MANIFEST_UNKNOWN", "message": said}]}
        return 200, self.pushed

    def _release(self, which: str) -> Answer:
        found = next((one for one in self.releases if which in (one["id"], str(one["version"]))), None)
        if found is None:
            return 404, ERRORS[404] | {"resource": "release"}
        if found["status"] == "pending" and self.pending > 0:
            self.pending -= 1
        elif found["status"] == "pending":
            found["status"] = self.outcome
        return 200, self._shown(found)

    def _stream(self) -> Answer:
        if self.output_missing:
            self.output_missing -= 1
            return 404, {}
        return 200, "".join(line + "\n" for line in self.output or [])

    def _serving(self) -> dict[str, Any]:
        """The release that the processes run."""
        succeeded = [one for one in self.releases if one["status"] == "succeeded"]
        if self.lingers and len(succeeded) > 1:
            self.lingers -= 1
            succeeded.pop()
        return succeeded[-1] if succeeded else {}

    def _health(self, path: str) -> Answer:
        one = self._serving()
        if not one or not self.web:
            return 503, {}
        if one["id"] in self._broken:
            return self.broken.get(path, 200), {"status": "ok", "release": self._names[one["id"]]}
        return 200, {"status": "ok", "release": self._names[one["id"]]}

    def receive(self, request: Request) -> Answer:
        """Write a request down, compare it, answer it."""
        self.calls.append(request.call)
        self.faults += request.faults()
        if (request.call, self.calls.count(request.call)) in self.interrupts:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        try:
            return self.answer(request)
        except KeyError:
            self.faults.append(f"{request.call} is not a known request")
            return 404, ERRORS[404]


@contextmanager
def serving() -> Iterator[Heroku]:
    """The fake, serving until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            call = f"{self.command} {self.path}"
            length = int(self.headers["Content-Length"] or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            accept, authorization, span = (self.headers[name] for name in ("Accept", "Authorization", "Range"))
            status, answer = fake.receive(Request(call, accept, authorization, span, body))
            if call not in fake.unanswered:
                self._send(status, answer if isinstance(answer, str) else json.dumps(answer))

        do_PATCH = do_PUT = do_POST = do_GET

        def _send(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            for name, value in fake.headers.items() if status >= 300 else ():
                self.send_header(name, value)
            self.send_header("Content-Type", "application/json" if text[:1] in ("{", "[") else "text/plain")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that was interrupted has gone
    fake = Heroku(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
