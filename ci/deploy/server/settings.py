"""What a server is started with: its port, its environment and gunicorn's arguments.

Nothing of the deploying job reaches the server but what is named here: no secret, and no variable of CI.
"""

import re
import socket
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from ci.errors import CiError, UsageError

DEFAULT_PORT = 8000

#: How many ports after the wanted one are tried when others listen there.
MORE_PORTS = 20

#: Variables of the deploying process that the server gets too.
PASSED_ON = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TZ",
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "TRUSTED_PROXIES",
)


def wanted_port(environ: Mapping[str, str], env_file: Path) -> int | None:
    """PORT of ``environ``, else of ``env_file``; None if neither sets it. Raises UsageError."""
    text = environ.get("PORT") or read_env_file(env_file).get("PORT")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 1 <= int(text) <= 65535:
        raise UsageError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def free_port(wanted: int) -> int:
    """``wanted``, or the next port where nobody listens. Raises CiError if there is none near."""
    last = min(wanted + MORE_PORTS, 65535)
    for port in range(wanted, last + 1):
        if is_free(port):
            return port
    raise CiError(f"every port from {wanted} to {last} is taken; choose another with PORT=... ci deploy")


def is_free(port: int) -> bool:
    """Whether a server can listen at ``port`` on every address of this machine."""
    with closing(socket.socket()) as client:
        client.settimeout(1.0)
        if client.connect_ex(("127.0.0.1", port)) == 0:
            return False
    dual = socket.has_dualstack_ipv6()
    try:
        socket.create_server(
            ("", port), family=socket.AF_INET6 if dual else socket.AF_INET, dualstack_ipv6=dual
        ).close()
    except OSError:
        return False
    return True


def environment(environ: Mapping[str, str], env_file: Path, port: int) -> dict[str, str]:
    """All variables of the server: what is passed on, then ``env_file``, then PORT. Raises CiError."""
    passed_on = {name: environ[name] for name in PASSED_ON if name in environ}
    return {**passed_on, "PYTHONUNBUFFERED": "1", **read_env_file(env_file), "PORT": str(port)}


def changed_since(path: Path, start: Path) -> bool:
    """Whether the file ``path`` was written after the file ``start``."""
    return path.exists() and path.stat().st_mtime > start.stat().st_mtime


def read_env_file(path: Path) -> dict[str, str]:
    """The variables in a file of NAME=value lines; none if it is missing.

    ``#`` begins a comment line; quotes around a value are left out.

    Raises CiError, without showing the line: it may hold a secret.
    """
    if not path.exists():
        return {}
    found = {}
    for number, line in enumerate(_text_of(path).splitlines(), 1):
        match = re.fullmatch(r"(?:export )?([A-Za-z_][A-Za-z0-9_]*)=(.*)", line.strip())
        if match:
            found[match[1]] = _unquoted(match[2].strip())
        elif line.strip() and not line.lstrip().startswith("#"):
            raise CiError(f"{path}:{number}: this line is not NAME=value")
    return found


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CiError(f"{path} is no text in UTF-8: save it as such") from None


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" else value
