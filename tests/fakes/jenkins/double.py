"""The test double: the state, served on a port of this machine, and a record of what was asked."""

import gzip
import ssl
import threading
from dataclasses import dataclass
from email.utils import formatdate
from types import TracebackType
from typing import Self

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.artifacts import part
from tests.fakes.jenkins.checks import Checks
from tests.fakes.jenkins.clock import Clock
from tests.fakes.jenkins.dispatch import answer
from tests.fakes.jenkins.faults import Faults
from tests.fakes.jenkins.messages import Request, Response
from tests.fakes.jenkins.record import Exchange, Record
from tests.fakes.jenkins.server import HEADER_LIMIT, Lost, Port
from tests.fakes.jenkins.world import World


@dataclass
class _Delivery:
    response: Response
    exchange: Exchange
    cut: int | None = None
    pieces: tuple[int, float] | None = None
    drip: float | None = None
    cut_head: int | None = None
    last: bool = False

    def sent(self, count: int) -> None:
        self.exchange.bytes_sent = count


class JenkinsDouble(World, Record):
    """A Jenkins on 127.0.0.1; as a context manager it fails at the end by what was wrong with requests.

    With ``tls`` it speaks HTTPS. ``jenkins.clock.now`` and ``jenkins.clock.sleep`` belong to the client under test.
    """

    def __init__(
        self, clock: Clock | None = None, *, strict: bool = True, limit: int = 5000, tls: ssl.SSLContext | None = None
    ) -> None:
        World.__init__(self, clock or Clock())
        Record.__init__(self)
        self.strict = strict
        """Whether violations are errors."""
        self.limit = limit
        """How many requests are answered before it is taken for a loop."""
        self.checks = Checks()
        self._lock = threading.RLock()
        self._closed = threading.Event()
        self._port = Port(self._respond, self._early, self._wait, self.clock.now, tls)
        self._store: Port | None = None
        self.faults = Faults(self._port.close)
        self._port.open()
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._port.number}/"
        self.root_url = self.url

    @property
    def user(self) -> str:
        """The user there is."""
        return "alice"

    @property
    def token(self) -> str:
        """Her token."""
        return self.users.by_name["alice"].token

    @property
    def password(self) -> str:
        """Her password."""
        return self.users.by_name["alice"].password

    @property
    def violations(self) -> list[str]:
        """What was wrong with requests; a test may look and clear."""
        return self.checks.violations

    @property
    def connections(self) -> int:
        """How many connections there have been."""
        return self._port.accepted

    def keep_artifacts_elsewhere(self) -> None:
        """Redirect to another host for artifacts; there no credentials may come."""
        if self._store is None:
            self._store = Port(self._from_store, lambda request: False, self._wait, self.clock.now)
            self._store.open()
        self.artifact_host = f"http://127.0.0.1:{self._store.number}/"

    def open(self) -> None:
        """Let the port be open again."""
        self._port.open()

    def enter(self, phase: str) -> None:
        """Go over to a phase of a restart."""
        super().enter(phase)
        if phase == "refused":
            self._port.close()
        else:
            self._port.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
        if kind is None and self.strict and self.violations:
            raise AssertionError("requests that Jenkins should not get:\n" + "\n".join(self.violations))

    def close(self) -> None:
        """Stop serving."""
        self.clock.close()
        self._closed.set()
        self._port.close()
        if self._store is not None:
            self._store.close()

    def _early(self, request: Request) -> bool:
        """Whether the connection is cut before the body is read."""
        lost = bool(self.faults.take("during", request))
        if lost:
            self.requests.append(Exchange(request, self.clock.now()))
        return lost

    def _respond(self, request: Request) -> _Delivery:
        exchange = Exchange(request, self.clock.now())
        self.requests.append(exchange)
        self.clock.tick()
        self._wait(self.faults.take("delay", request) or 0.0)
        with self._lock:
            response = self._answer(request)
        if self.faults.take("after", request):
            raise Lost
        exchange.status = response.status
        response.headers["Date"] = formatdate(self.clock.now(), usegmt=True)
        delivery = _Delivery(_compressed(response, request) if self.gzip else response, exchange)
        delivery.cut, delivery.pieces = self.faults.take("cut", request), self.faults.take("pieces", request)
        delivery.drip, delivery.cut_head = self.faults.take("drip", request), self.faults.take("cut head", request)
        delivery.last = self._last()
        return delivery

    def _answer(self, request: Request) -> Response:
        if len(self.requests) > self.limit:
            self.checks.note(f"more than {self.limit} requests")
            return pages.oops()
        if int(request.headers["x-double-header-size"]) > HEADER_LIMIT:
            return pages.error(431, "Request Header Fields Too Large")
        self.checks.request(self, request)
        self.settle()
        return self.faults.answer(request) or answer(self, request, self.checks)

    def _last(self) -> bool:
        if self.faults.refuse_after is None:
            return False
        self.faults.refuse_after -= 1
        if self.faults.refuse_after:
            return False
        self.faults.refuse_after = None
        self._port.refuse()
        return True

    def _wait(self, seconds: float) -> None:
        if seconds and self._closed.wait(seconds):
            raise Lost

    def _from_store(self, request: Request) -> _Delivery:
        exchange = Exchange(request, self.clock.now())
        self.requests.append(exchange)
        if "authorization" in request.headers:
            self.checks.note("credentials were sent to another host")
        whole = self.kept_elsewhere.get(request.path)
        response = pages.proxy(404) if whole is None else part(request, whole, ranges=True, compress=False)
        exchange.status = response.status
        return _Delivery(response, exchange, self.faults.take("cut", request), self.faults.take("pieces", request))


def _compressed(response: Response, request: Request) -> Response:
    if "gzip" in request.headers.get("accept-encoding", "") and "Content-Encoding" not in response.headers:
        response.body = gzip.compress(response.body, 1)
        response.headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return response
