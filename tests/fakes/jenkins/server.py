"""The port: reads requests, sends answers, and can be closed and opened again."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from tests.fakes.jenkins.messages import Request, Response

HEADER_LIMIT = 8192


class Lost(Exception):
    """The connection is cut instead of an answer."""


class Delivery(Protocol):
    """How an answer is sent."""

    response: Response
    cut: int | None
    pieces: tuple[int, float] | None
    drip: float | None
    """Seconds between two bytes of all of it."""
    cut_head: int | None
    """So many bytes of the headers are sent, and then the connection is cut."""
    last: bool
    """Whether the connection ends with this answer."""

    def sent(self, count: int) -> None:
        """So many bytes of the body went out."""


Responder = Callable[[Request], Delivery]
Pause = Callable[[float], None]
Now = Callable[[], float]


class Port:
    """A listening port of this machine, chosen by the system and kept over closing and opening."""

    def __init__(
        self, respond: Responder, early: Callable[[Request], bool], pause: Pause, now: Now,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.respond, self.early, self.pause, self.now, self.tls = respond, early, pause, now, tls
        self.number = 0
        self.connections: set[socket.socket] = set()
        self.accepted = 0
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Listen."""
        if self._server is None:
            self._server = _Server(("127.0.0.1", self.number), _handler(self))
            self.number = self._server.server_port
            if self.tls:  # hands are shaken by the first read, in the thread of the connection
                self._server.socket = self.tls.wrap_socket(
                    self._server.socket, server_side=True, do_handshake_on_connect=False
                )
            self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
            self._thread.start()

    def refuse(self) -> None:
        """Refuse new connections; those there are go on."""
        server, thread, self._server = self._server, self._thread, None
        if server is not None and thread is not None:
            server.shutdown()
            thread.join()
            server.server_close()

    def close(self) -> None:
        """Refuse connections, and end those there are."""
        self.refuse()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of the server."""


def _handler(port: Port) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        raw_requestline: bytes
        _headers_buffer: list[bytes]
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def setup(self) -> None:
            port.connections.add(self.request)
            port.accepted += 1
            super().setup()

        def finish(self) -> None:
            with contextlib.suppress(OSError):
                super().finish()
            port.connections.discard(self.request)

        def do_GET(self) -> None:
            try:
                self._deliver(port.respond(self._read()))
            except (Lost, OSError):
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)

        do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

        def _read(self) -> Request:
            headers = {name.lower(): value for name, value in self.headers.items()}
            size = len(self.raw_requestline) + len(self.headers.as_bytes())
            headers["x-double-header-size"] = str(size)
            request = Request(self.command, self.path, headers)
            if port.early(request):
                self.rfile.read(min(int(headers.get("content-length", 0)), 1))
                raise Lost
            return Request(self.command, self.path, headers, self._body(headers))

        def _body(self, headers: dict[str, str]) -> bytes:
            if headers.get("transfer-encoding", "").lower() != "chunked":
                return self.rfile.read(int(headers.get("content-length", 0)))
            pieces = []
            while size := int(self.rfile.readline().partition(b";")[0], 16):
                pieces.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(pieces)

        def _deliver(self, delivery: Delivery) -> None:
            response = delivery.response
            chunked = delivery.pieces is not None or not response.length
            self.send_response_only(response.status)  # without the date of this machine
            for name, value in response.headers.items():
                self.send_header(name, value)
            if chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif response.status != 204:
                self.send_header("Content-Length", str(len(response.body)))
            if delivery.last:
                self.send_header("Connection", "close")
            body = b"" if self.command == "HEAD" else response.body
            head = b"".join(self._headers_buffer) + b"\r\n"
            self._headers_buffer = []
            self._send(head, body, delivery, chunked=chunked and self.command != "HEAD")

        def _send(self, head: bytes, body: bytes, delivery: Delivery, *, chunked: bool) -> None:
            whole = body if delivery.cut is None else body[: delivery.cut]
            size, pause = delivery.pieces or (65536, 0.0)
            if delivery.cut_head is not None:
                self.wfile.write(head[: delivery.cut_head])
                raise Lost
            delivery.sent(len(whole))
            if delivery.drip is not None:
                self._drip(head + whole, delivery.drip)
                raise Lost
            for piece in pieces(whole, size):
                self.wfile.write(head + (b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece))
                head = b""
                port.pause(pause)
            if delivery.cut is not None:
                raise Lost
            self.wfile.write(head + (b"0\r\n\r\n" if chunked else b""))

        def _drip(self, data: bytes, pause: float) -> None:
            for byte in data:
                self.wfile.write(bytes([byte]))
                port.pause(pause)

        def date_time_string(self, timestamp: float | None = None) -> str:
            """The time of the scenario, for the header Date."""
            return formatdate(port.now(), usegmt=True)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    """The body in pieces of at most ``size`` bytes."""
    for start in range(0, len(body), size):
        yield body[start:start + size]
