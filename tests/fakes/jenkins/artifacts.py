"""The files that builds keep."""

import gzip
import io
import re
import zipfile
from urllib.parse import quote

from tests.fakes.jenkins.messages import Request, Response, content, redirect
from tests.fakes.jenkins.routing import BUILD, Call

BINARY = "application/octet-stream"


@BUILD.add("GET", "artifact/{path*}")
def artifact(call: Call) -> Response:
    """One file, or a directory as zip; 404 when there is none, 302 when files are kept elsewhere."""
    files = {} if call.build.building else dict(call.build.outcome.artifacts)
    path = call.arguments["path"]
    zipped = re.fullmatch(r"(?:(.*)/)?\*zip\*/[^/]+\.zip", path)
    if zipped:
        return _zip(call, files, zipped[1] or "")
    if path not in files:
        raise call.not_found()
    if call.world.artifact_host is not None:
        place = f"{call.job.path}{call.build.number}/{quote(path)}"
        call.world.kept_elsewhere["/" + place] = files[path]
        return redirect(f"{call.world.artifact_host}{place}?signature=0123")
    return part(call.request, files[path], ranges=call.world.ranges, compress=call.world.gzip_artifacts)


def part(request: Request, whole: bytes, *, ranges: bool, compress: bool) -> Response:
    """A file, or what Range asks of it."""
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers.get("range", ""))
    if ranges and wanted and wanted[0] != "bytes=-":
        return _range(whole, wanted[1], wanted[2])
    if compress and "gzip" in request.headers.get("accept-encoding", ""):
        return content(gzip.compress(whole, 1), BINARY, Content_Encoding="gzip")
    answer = content(whole, BINARY)
    if ranges:
        answer.headers["Accept-Ranges"] = "bytes"
    return answer


def _range(whole: bytes, first: str, last: str) -> Response:
    start = int(first) if first else max(len(whole) - int(last), 0)
    end = min(int(last), len(whole) - 1) if first and last else len(whole) - 1
    if start > end:
        return content(b"", BINARY, 416, Content_Range=f"bytes */{len(whole)}")
    return content(whole[start:end + 1], BINARY, 206, Content_Range=f"bytes {start}-{end}/{len(whole)}")


def _zip(call: Call, files: dict[str, bytes], directory: str) -> Response:
    inside = {path: files[path] for path in files if path.startswith(directory + "/") or not directory}
    if not inside:
        raise call.not_found()
    buffer = io.BytesIO()
    above = len(directory.rpartition("/")[0]) + 1 if "/" in directory else 0
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, body in inside.items():
            archive.writestr(path[above:] if directory else f"archive/{path}", body)
    answer = content(buffer.getvalue(), "application/zip")
    answer.length = False
    return answer
