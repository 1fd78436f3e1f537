"""The log of a build, whole or as it grows."""

import json
import re

from tests.fakes.jenkins.messages import PLAIN, Response, content
from tests.fakes.jenkins.routing import BUILD, Call

BOUNDARY = "b0undary0fth3l0g"


@BUILD.add("GET", "logText/progressiveText")
def progressive(call: Call) -> Response:
    """The log from an offset on, with the next offset; X-More-Data is there only while there may be more."""
    if "multipart/form-data" in call.request.headers.get("accept", "") and _version(call) >= (2, 534):
        return _parts(call)
    written, more = _log(call)
    start = int(call.request.parameter("start") or 0)
    if start > len(written):
        start = 0
    answer = content(with_crlf(written[start:]), PLAIN, X_Text_Size=str(len(written)))
    answer.length = False
    if more:
        answer.headers["X-More-Data"] = "true"
    return answer


@BUILD.add("GET", "consoleText")
def console(call: Call) -> Response:
    """The log as it is in the file."""
    return content(_log(call)[0], PLAIN)


def with_crlf(raw: bytes) -> bytes:
    """Every LF as CRLF; those that are CRLF stay so."""
    return re.sub(b"(?<!\r)\n", b"\r\n", raw)


def _log(call: Call) -> tuple[bytes, bool]:
    """What is written, and whether more may come. No file yet: nothing, and more to come."""
    return call.build.log() or b"", call.build.building


def _version(call: Call) -> tuple[int, ...]:
    return tuple(int(part) for part in call.world.version.split(".")[:2])


def _parts(call: Call) -> Response:
    """The newer form: text and offsets in parts, LF as it is, a negative start counted from the end."""
    written, more = _log(call)
    start = int(call.request.parameter("start") or 0)
    start = max(len(written) + start, 0) if start < 0 else start
    start = start if start <= len(written) else 0
    meta = json.dumps({"completed": not more, "start": start, "end": len(written)}).encode()
    pieces = (("text", b"text/plain;charset=utf-8", written[start:]), ("meta", b"application/json", meta))
    body = b"".join(
        b'--%s\r\nContent-Disposition: form-data; name="%s"\r\nContent-Type: %s\r\n\r\n%s\r\n'
        % (BOUNDARY.encode(), name.encode(), kind, piece)
        for name, kind, piece in pieces
    )
    return content(body + f"--{BOUNDARY}--\r\n".encode(), f"multipart/form-data; boundary={BOUNDARY}")
