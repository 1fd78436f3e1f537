"""A stand-in for the image `python:3.13-slim`, made of files of this machine, without a network or a registry.

It holds the Python that runs the tests, its pip, a shell, chmod, and the wheels that the app's lock names; nothing
else, so that a Dockerfile which needs more fails here.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

_NOT_COPIED = shutil.ignore_patterns(
    *("test", "tests", "idle_test", "idlelib", "tkinter", "turtledemo", "lib2to3", "ensurepip"),
    *("site-packages", "dist-packages", "config-*", "__pycache__", "*.a"),
)
_FOLDERS = ("bin", "dev", "etc", "proc", "root", "run", "sys", "usr/bin", "usr/local/bin", "var")
_PIP = "import sys\nfrom pip._internal.cli.main import main\nsys.exit(main())\n"


def make_base(folder: Path, lock: Path) -> Path:
    """Make the root folder of the image in the new ``folder``, with the wheels of ``lock``; return ``folder``."""
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True)
    for name in ("tmp", "var/tmp"):
        (folder / name).mkdir()
        (folder / name).chmod(0o1777)
    pip = _bundled_pip()
    programs = [_copy(Path("/bin", name), folder / "bin" / name) for name in ("sh", "chmod")]
    programs.append(_copy_python(folder / "usr" / "local", pip))
    for library in _libraries([*programs, *folder.rglob("lib-dynload/*.so")]):
        _copy(Path(library), folder / library.removeprefix("/"))
    _download(pip, lock, folder / "wheels")
    etc = folder / "etc"
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (etc / "group").write_text("root:x:0:\n")
    (etc / "pip.conf").write_text("[global]\nno-index = true\nfind-links = /wheels\n")
    return folder


def _bundled_pip() -> Path:
    """The pip that comes with Python. Some distributions ship theirs apart from it."""
    bundled = Path(sysconfig.get_path("stdlib"), "ensurepip", "_bundled")
    found = sorted(bundled.glob("pip-*.whl"))
    if not found:
        pytest.skip(f"this Python has no pip in {bundled}: run the tests with one that was built from source")
    return found[-1]


def _copy_python(prefix: Path, pip: Path) -> Path:
    """The running Python under ``prefix``, with ``pip``."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library = prefix / "lib" / name
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=_NOT_COPIED, symlinks=True)
    with zipfile.ZipFile(pip) as wheel:
        wheel.extractall(library / "site-packages")
    python = _copy(Path(sys.base_prefix, "bin", name), prefix / "bin" / name)
    for link in ("python3", "python"):
        (prefix / "bin" / link).symlink_to(name)
    script = prefix / "bin" / "pip"
    script.write_text(f"#!/usr/local/bin/{name}\n{_PIP}")
    script.chmod(0o755)
    return python


def _copy(source: Path, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(source, place))


def _libraries(programs: list[Path]) -> list[str]:
    """The shared libraries that programs and modules load, the loader itself among them."""
    listed = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True)
    return sorted(set(re.findall(r"(/\S+) \(0x", listed.stdout)))


def _download(pip: Path, lock: Path, folder: Path) -> None:
    """The wheels of ``lock``, by the package index that this machine is set up for."""
    command = [sys.executable, f"{pip}/pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    command += ["--only-binary=:all:", "--requirement", str(lock), "--dest", str(folder)]
    done = subprocess.run(command, env={**os.environ, "PYTHONWARNINGS": "ignore"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
