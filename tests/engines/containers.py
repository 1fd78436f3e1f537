"""podman and buildah with a store of their own, and a registry that asks for a password, all gone at the end."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines.programs import need
from tests.ports import free_port, is_served
from tests.processes import until

#: So that it runs without systemd, without the right to raise limits, and where cgroups v1 and v2 are mixed.
_CONTAINERS_CONF = """\
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
netns = "host"
[engine]
runtime = "runc"
events_logger = "file"
cgroup_manager = "cgroupfs"
"""


@dataclass(frozen=True)
class Containers:
    """A store under ``folder``; ``environ`` leads podman and buildah to it."""

    folder: Path
    environ: Mapping[str, str]

    def podman(self, *arguments: str, check: bool = True) -> str:
        """Run podman; return its output without the last newline."""
        done = subprocess.run(
            ["podman", *arguments], env=self.environ, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0 or not check, f"podman {' '.join(arguments)}: {done.stderr}"
        return (done.stdout + (done.stderr if arguments[0] == "logs" else "")).rstrip("\n")

    def import_base(self, root: Path, name: str) -> None:
        """Make the image ``name`` of the folder ``root``."""
        archive = self.folder / "base.tar"
        subprocess.run(
            ["tar", "--numeric-owner", "--owner=0", "--group=0", "-C", str(root), "-cf", str(archive), "."], check=True
        )
        self.podman("import", "--change", "ENV PATH=/usr/local/bin:/usr/bin:/bin", str(archive), name)
        archive.unlink()


@contextmanager
def containers(folder: Path) -> Iterator[Containers]:
    """An empty store. Skips the test where it can't be made."""
    for program in ("podman", "buildah", "runc"):
        need(program)
    if os.geteuid() != 0:
        pytest.skip("a store of images outside the home folder needs root")
    for name in ("home", "temporary"):
        (folder / name).mkdir(parents=True)
    store = f'[storage]\ndriver = "overlay"\ngraphroot = "{folder}/store"\nrunroot = "{folder}/run"\n'
    (folder / "storage.conf").write_text(store)
    (folder / "containers.conf").write_text(_CONTAINERS_CONF)
    environ = {
        "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin",
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "temporary"),
        "CONTAINERS_STORAGE_CONF": str(folder / "storage.conf"),
        "CONTAINERS_CONF": str(folder / "containers.conf"),
        "BUILDAH_ISOLATION": "chroot",
    }
    own = Containers(folder, environ)
    try:
        yield own
    finally:
        own.podman("rm", "--all", "--force", "--time", "0", check=False)
        subprocess.run(["umount", str(folder / "store" / "overlay")], stderr=subprocess.DEVNULL)
        shutil.rmtree(folder)  # half a gigabyte


@contextmanager
def registry(folder: Path, *, users: tuple[str, ...], password: str) -> Iterator[str]:
    """A registry on this machine, only for ``users`` with ``password``; yields its host and port."""
    program, htpasswd = need("docker-registry"), need("htpasswd")
    folder.mkdir()
    made = subprocess.run([htpasswd, "-niB", "any"], input=password.encode(), capture_output=True, check=True).stdout
    secret = made.decode().strip().removeprefix("any:")
    (folder / "passwords").write_text("".join(f"{user}:{secret}\n" for user in users))
    port = free_port()
    host = f"127.0.0.1:{port}"
    (folder / "config.yml").write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {folder}/images}}}}\nhttp: {{addr: '{host}'}}\n"
        f"auth: {{htpasswd: {{realm: test, path: {folder}/passwords}}}}\nlog: {{accesslog: {{disabled: true}}}}\n"
    )
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([program, "serve", str(folder / "config.yml")], stdout=log, stderr=log)
    try:
        until(lambda: process.poll() is not None or is_served(port))
        assert process.poll() is None, (folder / "log").read_text()
        yield host
    finally:
        process.terminate()
        process.wait(20)
