"""A container engine on a PATH that answers as docker, podman and buildah do, and writes down how it was called."""

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).with_name("container_engine_program.py")

#: The first lines of `docker version`.
VERSIONS = {"docker": "Client: Docker Engine - Community", "podman": "Client:       Podman Engine"}
NO_DAEMON = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?"

#: Lines of shell that Python takes for a text: `#!` can't name an interpreter whose path holds blanks. The shell also
#: answers what each deployment asks first, without a start of Python.
_START = """#!/bin/sh
''':'
case "$*" in
    version) echo {version}; {daemon} && exit; echo {no_daemon} >&2; exit 1;;
    "build --help") echo "Usage: build [OPTIONS] {flags}"; exit;;
esac
exec {python} -IS "$0" "$@"
'''
"""


@dataclass(frozen=True)
class Installed:
    """The engine ``name`` on the PATH ``folder``."""

    folder: Path
    name: str

    def calls(self) -> list[dict[str, Any]]:
        """Every call: ``argv`` without the program, ``environ``, ``pid``, ``stdin`` (SHA-256).

        Of a build also ``files``, with their modes, and ``release``, what release.json says.
        """
        journal = self.folder / f"{self.name}.calls"
        return [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []

    def commands(self) -> list[str]:
        """Every call as a line."""
        return [" ".join(call["argv"]) for call in self.calls()]


def install(folder: Path, name: str, **behaviour: object) -> Installed:
    """Put the engine on the PATH ``folder``.

    ``behaviour``: ``kind`` (default: the name), ``daemon``: whether docker's runs (default true), ``buildkit`` (docker
    only, default true), ``oci``: builds an OCI image whatever it is told, ``fail``: {command: what it says before it
    exits with 1}, ``hang``: a command that never ends.
    """
    folder.mkdir(exist_ok=True)
    settings = {"kind": name, "daemon": True, "buildkit": True, "oci": False, "fail": {}, "hang": "", **behaviour}
    program = folder / name
    start = _START.format(
        version=shlex.quote(VERSIONS.get(str(settings["kind"]), "")),
        daemon=str(settings["daemon"]).lower(),
        no_daemon=shlex.quote(NO_DAEMON),
        flags="--provenance" if settings["kind"] == "docker" and settings["buildkit"] else "",
        python=shlex.quote(sys.executable),
    )
    program.write_text(start + PROGRAM.read_text(encoding="utf-8"), encoding="utf-8")
    program.chmod(0o755)
    (folder / f"{name}.settings").write_text(json.dumps(settings))
    return Installed(folder, name)
