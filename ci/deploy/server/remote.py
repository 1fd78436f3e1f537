"""The host's side of a deployment over ssh: reads what is to be done, does it, and tells how it goes.

Standard input holds a request, the archive, and then nothing until the caller hangs up: its end means that the caller
was interrupted or is gone, and what was begun is undone. Each line of standard output is a message, a JSON object;
`ci.deploy.server.ssh` is the other side.
"""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from ci.deploy import contract, server
from ci.deploy.server import listing
from ci.deploy.signals import leaving_on_signal
from ci.errors import CiError

Request = Mapping[str, Any]


def main(request: Request, stream: IO[bytes], folder: str) -> int:
    """Do what ``request`` says; the archive, if it has one, comes from ``stream`` and is put into ``folder``."""
    try:
        with leaving_on_signal():
            _tell({"begun": True})
            archive = _received(request, stream, Path(folder))
            with _leaving_with_caller(stream.fileno()):
                answer = _COMMANDS[request["command"]](request, archive)
        _tell(answer)
    except CiError as error:
        _tell({"error": str(error), "exit_code": error.exit_code})
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        _tell({"error": f"the system refuses: {error.strerror or error}{where}", "exit_code": 2})
    except (KeyboardInterrupt, SystemExit):
        _tell({"error": "interrupted", "exit_code": 130})
    return 0


def _received(request: Request, stream: IO[bytes], folder: Path) -> Path:
    content = stream.read(request["archive_size"])
    if len(content) < request["archive_size"]:
        raise CiError("the connection ended before the release had arrived; nothing was changed")
    archive = folder / Path(request["archive_name"]).name
    archive.write_bytes(content)
    return archive


@contextmanager
def _leaving_with_caller(descriptor: int) -> Iterator[None]:
    """End the block as a signal would when the caller hangs up, which ends what can be read from ``descriptor``."""
    deciding, is_over = threading.Lock(), threading.Event()

    def wait() -> None:
        while os.read(descriptor, 1):
            pass
        with deciding:
            if not is_over.is_set():
                os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
    try:
        yield
    finally:
        with deciding:
            is_over.set()


def _deploy(request: Request, archive: Path) -> dict[str, Any]:
    deployed = server.deploy(
        archive, _directory(request), environ=_environ(request), say=_say, timeout=request["timeout"],
        keep=request["keep"], terms=contract.decoded(request["contract"]),
    )
    return {"deployed": asdict(deployed)}


def _rollback(request: Request, _: Path) -> dict[str, Any]:
    back = server.rollback(
        request["release"], _directory(request), environ=_environ(request), say=_say, timeout=request["timeout"]
    )
    return {"deployed": asdict(back)}


def _releases(request: Request, _: Path) -> dict[str, Any]:
    found = [asdict(one) for one in listing.releases(_directory(request))]
    return {"releases": [{**one, "when": one["when"].isoformat()} for one in found]}


def _stop(request: Request, _: Path) -> dict[str, Any]:
    server.stop(_directory(request), say=_say)
    return {"stopped": True}


_COMMANDS: dict[str, Callable[[Request, Path], dict[str, Any]]] = {
    "deploy": _deploy, "rollback": _rollback, "releases": _releases, "stop": _stop,
}  # fmt: skip


def _directory(request: Request) -> Path:
    return server.folder_named(request["directory"], Path.cwd())  # ssh starts in the home of the user


def _environ(request: Request) -> dict[str, str]:
    port = {"PORT": str(request["port"])} if request["port"] else {}
    return {**os.environ, **port}


def _say(text: str) -> None:
    _tell({"say": text})


def _tell(message: dict[str, Any]) -> None:
    """Write a message. The caller may be gone, and what was begun must be undone all the same."""
    try:
        print(json.dumps(message), flush=True)
    except OSError:
        pass
