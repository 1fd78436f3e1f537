"""A machine without a network, for tests of the set-up: its package index is a folder, its PATH another."""

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import uv

SOURCES = Path(__file__).parents[2] / "ci"
BASE_PYTHON = str(getattr(sys, "_base_executable", sys.executable))
NOBODY = 65534
CLOSED_INDEX = "http://127.0.0.1:9/simple"  # port 9, discard: nothing listens there
UNUSED = ("adapters", "commands", "deploy", "jenkins", "runner", "*.toml", "*.json")
CLI = """
import sys

def main() -> int:
    import demo_package
    print(demo_package.GREETING, *sys.argv[1:])
    return 7
"""


class Machine:
    """A home folder, a PATH that holds uv (or nothing), and an index with one package, all below ``folder``."""

    def __init__(self, folder: Path, *, with_uv: bool = True, user: int | None = None) -> None:
        self.folder = folder
        self.user = user
        self.programs = folder / "programs"
        self.programs.mkdir(parents=True)
        self.index = folder / "index"
        self.index.mkdir()
        self.lock = _publish(self.index, folder / "requirements-dev.txt")
        if with_uv:
            (self.programs / "uv").symlink_to(uv.find_uv_bin())
        self.variables = {
            "PATH": str(self.programs),
            "HOME": str(folder / "home"),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_FIND_LINKS": str(self.index),
            "PIP_NO_INDEX": "1",
            "PIP_RETRIES": "0",
            "UV_CACHE_DIR": str(folder.parent / "uv-cache"),  # for all tests of a session: pip is unpacked once
            "UV_HTTP_RETRIES": "0",
            "UV_NO_CONFIG": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def project(self) -> Path:
        """A repository with this package, a command line that says what it got, and the lock."""
        root = self.folder / "project"
        shutil.copytree(SOURCES, root / "ci", ignore=shutil.ignore_patterns("__pycache__", *UNUSED))
        (root / "ci" / "cli.py").write_text(CLI)
        (root / "ci" / "pipeline.toml").touch()
        shutil.copy(self.lock, root)
        return root

    def program(self, name: str, script: str) -> Path:
        """Put a shell script on PATH; it may use the variable $uv, the real one."""
        path = self.programs / name
        path.unlink(missing_ok=True)
        path.write_text(f"#!/bin/sh\nuv='{uv.find_uv_bin()}'\n{script}\n")
        path.chmod(0o755)
        return path

    @contextlib.contextmanager
    def serves_its_index(self) -> Iterator[list[str]]:
        """Its index becomes a server for a while; the paths that it is asked for."""
        (self.index / "demo-package").symlink_to(self.index)
        asked: list[str] = []

        class Index(SimpleHTTPRequestHandler):
            def log_message(self, *_what: object) -> None:
                asked.append(self.path)

        with ThreadingHTTPServer(("127.0.0.1", 0), partial(Index, directory=str(self.index))) as server:
            threading.Thread(target=server.serve_forever).start()
            self.variables = reaches(f"http://127.0.0.1:{server.server_port}", self.variables)
            try:
                yield asked
            finally:
                server.shutdown()

    def start(self, *command: str | Path, cwd: Path, python: str | Path = BASE_PYTHON) -> "subprocess.Popen[str]":
        """Start Python with ``command``, both of its outputs in one pipe."""
        return subprocess.Popen(
            [python, *command],
            cwd=cwd,
            env=self.variables,
            user=self.user,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str | Path, cwd: Path, python: str | Path = BASE_PYTHON) -> tuple[int, str]:
        """Run Python with ``command``; its exit code and all that it wrote."""
        with self.start(*command, cwd=cwd, python=python) as process:
            output, _ = process.communicate(timeout=60)
        return process.returncode, output


@contextlib.contextmanager
def container() -> Iterator[Machine]:
    """As in a container that an engine starts with a user id of its own: not root, no home, no uv."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        machine = Machine(Path(folder), with_uv=False, user=NOBODY if os.geteuid() == 0 else None)
        machine.variables["HOME"] = "/nonexistent"
        del machine.variables["UV_CACHE_DIR"]
        yield machine


def usable_by_others() -> str:
    """An interpreter that somebody without rights can start; the test is skipped where there is none."""
    user = NOBODY if os.geteuid() == 0 else None
    for python in (BASE_PYTHON, "/usr/local/bin/python3", "/usr/bin/python3"):
        command = [python, "-c", "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"]
        with contextlib.suppress(OSError):
            if subprocess.run(command, user=user, cwd="/", capture_output=True).returncode == 0:
                return python
    pytest.skip("every Python of this machine lies in a folder that only its owner can read")


def reaches(index: str, variables: Mapping[str, str]) -> dict[str, str]:
    """The same machine with an index at an address, and no other."""
    kept = {name: value for name, value in variables.items() if name not in ("PIP_FIND_LINKS", "PIP_NO_INDEX")}
    return kept | {"PIP_INDEX_URL": index}


def reaches_only_a_closed_port(variables: Mapping[str, str]) -> dict[str, str]:
    """The same machine after its index went away."""
    return reaches(CLOSED_INDEX, variables)


def python_copy(folder: Path, *, without: tuple[str, ...] = (), externally_managed: bool = False) -> Path:
    """An interpreter with a prefix of its own, ``folder``, split or marked as distributors do; its library is links."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    library = folder / "lib" / name
    library.mkdir(parents=True)
    for entry in Path(os.__file__).parent.iterdir():
        if entry.name not in (*without, "site-packages", "dist-packages", "EXTERNALLY-MANAGED", "sitecustomize.py"):
            (library / entry.name).symlink_to(entry)
    (library / "site-packages").mkdir()
    if externally_managed:
        (library / "EXTERNALLY-MANAGED").write_text("[externally-managed]\n")
    for shared in Path(sys.base_prefix, "lib").glob("libpython*"):
        (folder / "lib" / shared.name).symlink_to(shared)
    (folder / "bin").mkdir()
    shutil.copy(os.path.realpath(BASE_PYTHON), folder / "bin" / "python3")
    return folder / "bin" / "python3"


def _publish(index: Path, lock: Path) -> Path:
    """Write the wheel of demo-package into ``index``, and a lock that names it by its hash."""
    files = {
        "demo_package.py": 'GREETING = "hello"\n\n\ndef main() -> None:\n    print(GREETING)\n',
        "demo_package-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo_package:main\n",
    }
    lock.write_text(publish(index, "demo-package", files))
    return lock


def publish(index: Path, project: str, files: Mapping[str, str]) -> str:
    """Write the wheel of version 1.0 of ``project`` into ``index``; its entry for a lock."""
    name = f"{project.replace('-', '_')}-1.0"
    whole = {
        **files,
        f"{name}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: 1.0\n",
        f"{name}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = f"{name}.dist-info/RECORD"
    whole[record] = "".join(f"{file},,\n" for file in [*whole, record])
    wheel = index / f"{name}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for file, text in whole.items():
            archive.writestr(zipfile.ZipInfo(file), text)  # without a time: the same hash in every test
    return f"{project}==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
