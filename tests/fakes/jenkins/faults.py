"""Switches for what goes wrong between a client and the server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.messages import Request, Response

DROPS = ("before", "during", "after")


@dataclass
class Fault:
    """One fault, for the next ``times`` requests of a method and a path (a glob on the raw path)."""

    kind: str
    times: float
    method: str | None
    path: str | None
    value: Any

    def fits(self, request: Request) -> bool:
        """Whether this request meets it."""
        method_fits = self.method is None or request.method == self.method
        return self.times > 0 and method_fits and (self.path is None or fnmatchcase(request.path, self.path))


@dataclass
class Faults:
    """The faults that are still to come."""

    close_port: Callable[[], None] = field(default=lambda: None)
    refuse_after: int | None = None
    """How many requests are still answered before the port is closed."""
    pending: list[Fault] = field(default_factory=list)

    def take(self, kind: str, request: Request) -> Any:
        """The value of the fault of that kind that this request meets, which then counts as met; else None."""
        for fault in self.pending:
            if fault.kind == kind and fault.fits(request):
                fault.times -= 1
                return fault.value
        return None

    def _add(self, kind: str, value: Any, times: float, method: str | None, path: str | None) -> None:
        self.pending.append(Fault(kind, times, method, path, value))

    def status(
        self,
        status: int,
        *,
        times: float = 1,
        method: str | None = None,
        path: str | None = None,
        headers: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> None:
        """Answer with an error instead of doing anything; ``headers`` as in {"Retry-After": "2"}."""
        answer = pages.waiting(restarting=False) if status == 503 else pages.proxy(status)
        answer.headers |= headers or {}
        answer.body = answer.body if body is None else body
        self._add("status", answer, times, method, path)

    def drop_post(self, when: str, *, times: int = 1, path: str | None = None, after: int = 0) -> None:
        """Lose a POST: refused "before" it (once ``after`` more requests were answered; open the port again with
        ``jenkins.open()``), cut "during" it, which carries nothing out, or cut "after" it was carried out."""
        if when not in DROPS:
            raise ValueError(f"one of {DROPS}, not {when}")
        if when == "before":
            self.refuse(after=after)
        else:
            self._add(when, True, times, "POST", path)

    def drop_get(self, *, times: float = 1, path: str | None = None) -> None:
        """Cut the connection instead of answering a GET."""
        self._add("after", True, times, "GET", path)

    def refuse(self, *, after: int = 0) -> None:
        """Close the port, once ``after`` more requests were answered."""
        self.refuse_after = after or None
        if not after:
            self.close_port()

    def drop_body(self, after: int, *, times: float = 1, path: str | None = None) -> None:
        """Cut the connection after so many bytes of a body."""
        self._add("cut", after, times, None, path)

    def drop_head(self, after: int, *, times: float = 1, method: str | None = None, path: str | None = None) -> None:
        """Cut the connection after so many bytes of the headers of an answer; what was asked for is carried out."""
        self._add("cut head", after, times, method, path)

    def delay(self, seconds: float, *, times: float = 1, path: str | None = None, method: str | None = None) -> None:
        """Answer only after so many real seconds."""
        self._add("delay", seconds, times, method, path)

    def slow_body(self, pause: float, *, size: int = 1024, times: float = 1, path: str | None = None) -> None:
        """Send pieces of ``size`` bytes with so many real seconds between them."""
        self._add("pieces", (size, pause), times, None, path)

    def drip(self, pause: float, *, times: float = float("inf"), path: str | None = None) -> None:
        """Send every byte, those of the headers as well, so many real seconds after the one before."""
        self._add("drip", pause, times, None, path)

    def chunked(self, size: int, *, times: float = float("inf"), path: str | None = None) -> None:
        """Send bodies in chunks of ``size`` bytes, which may split characters and line ends."""
        self._add("pieces", (size, 0.0), times, None, path)

    def clear(self) -> None:
        """No more faults."""
        self.pending.clear()
        self.refuse_after = None

    def answer(self, request: Request) -> Response | None:
        """The answer that a fault gives."""
        found: Response | None = self.take("status", request)
        if found is None:
            return None
        return Response(found.status, found.body, dict(found.headers), found.length, found.marked)
