"""What is asked and what is answered, as plain values that know nothing of sockets."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, quote, unquote

HTML = "text/html;charset=utf-8"
JSON = "application/json;charset=utf-8"
PLAIN = "text/plain;charset=UTF-8"
LF, CRLF = b"\n", b"\r\n"


@dataclass(frozen=True)
class Part:
    """One part of a multipart body."""

    name: str
    filename: str | None
    content: bytes


@dataclass(frozen=True)
class Request:
    """One request as it arrived; ``headers`` has lower-case names, ``target`` is the raw path and query."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path as sent, still quoted."""
        return self.target.partition("?")[0]

    @cached_property
    def segments(self) -> tuple[str, ...]:
        """The parts of the path, unquoted once; empty ones are left out."""
        return tuple(unquote(part) for part in self.path.split("/") if part)

    @cached_property
    def query(self) -> dict[str, list[str]]:
        """The parameters behind the question mark."""
        return parse_qs(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def media_type(self) -> str:
        """The type of the body, without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts of a multipart body; ValueError when it is not well formed."""
        found = re.search(r'boundary="?([^";]+)', self.headers.get("content-type", ""))
        if not found:
            raise ValueError("multipart body without a boundary")
        pieces = (CRLF + self.body).split(b"\r\n--" + found[1].encode())
        if len(pieces) < 2 or pieces[-1].strip() != b"--":
            raise ValueError("multipart body does not end with its boundary")
        return tuple(_part(piece) for piece in pieces[1:-1])

    @cached_property
    def form(self) -> dict[str, list[str]]:
        """The fields of the body alone; ValueError when the body is not well formed."""
        if self.media_type == "application/x-www-form-urlencoded":
            text = self.body.decode("ascii")
            return parse_qs(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
        fields: dict[str, list[str]] = {}
        if self.media_type == "multipart/form-data":
            for part in self.parts:
                if part.filename is None:
                    fields.setdefault(part.name, []).append(part.content.decode())
        return fields

    @property
    def files(self) -> dict[str, Part]:
        """The files of a multipart body by the names of their fields."""
        if self.media_type != "multipart/form-data":
            return {}
        return {part.name: part for part in self.parts if part.filename is not None}

    @property
    def parameters(self) -> dict[str, list[str]]:
        """Query and form together, as a servlet sees them."""
        together = {name: list(values) for name, values in self.query.items()}
        for name, values in self.form.items():
            together.setdefault(name, []).extend(values)
        return together

    def parameter(self, name: str) -> str | None:
        """The first value of one parameter."""
        return self.parameters.get(name, [None])[0]


def _part(piece: bytes) -> Part:
    head, separator, content = piece.removeprefix(CRLF).partition(b"\r\n\r\n")
    disposition = re.search(r"(?im)^content-disposition:(.*)$", head.decode())
    name = disposition and re.search(r'\bname="([^"]*)"', disposition[1])
    if not (separator and disposition and name):
        raise ValueError("part of a multipart body without a name")
    filename = re.search(r"""\bfilename(?:\*=utf-8''|=")([^";\r]*)""", disposition[1], re.IGNORECASE)
    return Part(name[1], unquote(filename[1]) if filename else None, content)


@dataclass
class Response:
    """One answer; ``length`` False leaves out Content-Length, so the body is sent in chunks."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: bool = True
    marked: bool = True
    """Whether the answer bears the server's version (X-Jenkins)."""


def content(body: bytes, media_type: str, status: int = 200, **headers: str) -> Response:
    """An answer with a body; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, body, {"Content-Type": media_type} | named)


def text(words: str, media_type: str = PLAIN, status: int = 200, **headers: str) -> Response:
    """An answer in words."""
    return content(words.encode(), media_type, status, **headers)


def data(value: Any) -> Response:
    """An answer in JSON, as compact as Jenkins writes it."""
    return text(json.dumps(value, separators=(",", ":"), ensure_ascii=False), JSON)


def redirect(location: str, status: int = 302) -> Response:
    """An answer that points elsewhere."""
    return Response(status, headers={"Location": location})


def quoted(*segments: str) -> str:
    """A relative path of whole segments, each quoted by itself."""
    return "/".join(quote(segment, safe="") for segment in segments)
