"""What happens to the machine of a server: other users, a full disk, a new start, a process that dies."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from ci.deploy import server
from ci.deploy.server import program, service
from ci.deploy.server.directory import ServerDirectory
from ci.deploy.server.gunicorn import Server
from ci.errors import CiError
from tests.ci.deploy.conftest import Deploy, page
from tests.ci.deploy.releases import Project
from tests.engines.delivery.clients import assert_nothing_was_lost, clients
from tests.engines.programs import need
from tests.processes import until

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[3]
NOBODY = 65534


def command(archive: Path, directory: Path, port: int) -> list[str]:
    """A deployment as a process of its own."""
    return [sys.executable, "-m", "tests.ci.deploy.releases", str(archive), str(directory), str(port)]


@contextmanager
def supervised(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run what the systemd unit runs, until the block ends; the server runs before it begins."""
    python, unit, log = directory / "current/.venv/bin/python", directory / "serve.pyz", directory / "unit.log"
    with log.open("wb") as output:
        process = subprocess.Popen([python, "-I", unit], stdout=output)
    try:
        until(lambda: "http://127.0.0.1:" in log.read_text())
        yield process
    finally:
        process.kill()
        process.wait()


def machine_starts_anew(directory: Path) -> None:
    """Everything ends at once, and no pid file can be trusted."""
    running = Server(directory / "shared", "gunicorn")
    master = running.master()
    assert master
    os.killpg(os.getsid(master), signal.SIGKILL)
    until(lambda: not running.is_running())
    for name in ("gunicorn.pid", "gunicorn.pid.2"):
        (directory / "shared" / name).write_text("1\n")


def test_after_a_new_start_of_the_machine_the_unit_brings_the_release_back(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """At the same port; deployments exchange it as before, and `ci stop` ends the unit without a failure."""
    old = deploy(project.build()).release
    machine_starts_anew(directory)
    with supervised(directory) as unit:
        assert page(port)["release"] == old
        new = deploy(project.build()).release
        assert page(port)["release"] == new
        assert unit.poll() is None
        server.stop(directory)
        assert unit.wait(timeout=30) == 0


def test_the_unit_fails_when_the_server_dies_so_that_systemd_starts_it_again(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    name = deploy(project.build()).release
    with supervised(directory) as unit:
        machine_starts_anew(directory)
        assert unit.wait(timeout=30) == 1
    with supervised(directory):
        assert page(port)["release"] == name


def test_the_end_of_the_unit_is_the_end_of_the_server(project: Project, deploy: Deploy, directory: Path) -> None:
    """Also of one that a deployment had started before the unit."""
    deploy(project.build())
    with supervised(directory) as unit:
        unit.terminate()
        assert unit.wait(timeout=30) == 0
    assert not Server(directory / "shared", "gunicorn").is_running()


def test_a_machine_that_went_down_in_a_switch_comes_back_with_the_old_release(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    old = deploy(project.build()).release
    moment = ("ServerDirectory", "begin_switch", "after")
    subprocess.run([*command(project.build(), directory, port), *moment], cwd=ROOT, capture_output=True)
    assert (directory / "fallback").is_symlink()
    machine_starts_anew(directory)
    with supervised(directory):
        assert page(port)["release"] == old
        assert not (directory / "fallback").is_symlink()


@pytest.mark.parametrize("name", ["shop", "my shop", "100%", "$HOME", "o'brien", 'a"b', "a\\b"])
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    (directory / "current/.venv/bin").mkdir(parents=True)
    (directory / "current/.venv/bin/python").symlink_to(sys.executable)
    service.write(directory, say=print)
    checked = subprocess.run(
        [need("systemd-analyze"), "verify", "--user", directory / service.unit_name(directory)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    named = (name, service.unit_name(directory))
    assert [line for line in checked.stderr.splitlines() if any(one in line for one in named)] == []


#: Deploys with the system's Python: PROGRAM ARCHIVE DIRECTORY GUNICORN (the folder of the package).
SCRIPT = """
import shutil, sys, venv
from pathlib import Path
program, archive, directory, gunicorn = sys.argv[1:]
sys.path.insert(0, program)
from ci.deploy import server

def make_environment(lock, folder):
    if not folder.exists():
        venv.create(folder, symlinks=True)
        packages = next(folder.glob("lib/python3*/site-packages"))
        shutil.copytree(gunicorn, packages / "gunicorn")
        (folder / "bin/gunicorn").write_text("from gunicorn.app.wsgiapp import run\\nrun()\\n")

server.deploy(Path(archive), Path(directory), make_environment=make_environment)
"""


def test_the_deploy_user_needs_nothing_but_python_and_its_folder(project: Project, port: int) -> None:
    """No right of root, no home, no package; every file is the user's own."""
    if os.getuid() != 0:
        pytest.skip("only root can become another user; who is not root runs all other tests as such a user")
    user = [need("setpriv"), f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    with tempfile.TemporaryDirectory() as name:
        folder, directory = Path(name), Path(name) / "server"
        folder.chmod(0o755)
        directory.mkdir()
        os.chown(directory, NOBODY, NOBODY)
        (folder / "ci.pyz").write_bytes(program.content())
        shutil.copytree(package("gunicorn"), folder / "gunicorn")
        env = {"PATH": os.defpath, "HOME": "/nonexistent", "PORT": str(port)}
        try:
            for archive in (project.build(), project.build()):
                given = [folder / "ci.pyz", shutil.copy(archive, folder), directory, folder / "gunicorn"]
                python = ["/usr/bin/python3", "-I", "-c", SCRIPT]
                subprocess.run([*user, *python, *map(str, given)], cwd="/", check=True, env=env)
                assert f"shop-{page(port)['release']}.tar.gz" == archive.name
            assert {path.lstat().st_uid for path in directory.rglob("*")} == {NOBODY}
        finally:
            server.stop(directory, grace=5.0)


def package(name: str) -> Path:
    """The folder of an installed package."""
    found = find_spec(name)
    assert found and found.origin
    return Path(found.origin).parent


def test_two_at_once_the_second_says_who_is_first(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    deploy(project.build())
    slow = project.build(starting="import time; time.sleep(2)")
    first = subprocess.Popen(command(slow, directory, port), cwd=ROOT)
    until(Server(directory / "shared", "rehearsal").is_running)
    with pytest.raises(CiError, match=rf"deploying {slow.name} by \w+, process {first.pid}, since 2"):
        deploy(project.build())
    assert first.wait(timeout=60) == 0
    assert f"shop-{page(port)['release']}.tar.gz" == slow.name


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The server directory on a disk of 64 MB."""
    if os.getuid() != 0:
        pytest.skip("only root can mount a small disk")
    directory = tmp_path / "server"
    directory.mkdir()
    subprocess.run([need("mount"), "-t", "tmpfs", "-o", "size=64m", "tmpfs", directory], check=True)
    yield directory
    server.stop(directory, say=lambda text: None, grace=3.0)
    subprocess.run([need("umount"), directory], check=True)


def test_a_full_disk_costs_no_request_and_no_release(
    small_disk: Path, project: Project, deploy: Deploy, port: int
) -> None:
    """Full before the deployment, full in the middle of it; and when there is room again, all is well."""
    good = deploy(project.build()).release
    large = build_large(project)
    filler = small_disk / "filler"
    with clients(port) as asking:
        fill(filler, leave=1_000_000)
        with pytest.raises(CiError, match="the disk of .* is full: .* Make room and deploy again"):
            deploy(project.build())
        filler.unlink()
        fill(filler, leave=20_000_000)
        with pytest.raises(CiError, match="can't be unpacked into .*: No space left on device"):
            deploy(large)
        assert [one.name for one in ServerDirectory(small_disk).kept()] == [good]
        filler.unlink()
        new = deploy(project.build()).release
    assert_nothing_was_lost(asking)
    assert page(port)["release"] == new
    fill(filler, leave=0)
    assert server.stop(small_disk) == new


def build_large(project: Project) -> Path:
    """An archive of a release of 40 MB."""
    app = (project.root / "app.py").read_text()
    project.commit({"app.py": f"{app}\nDATA = '{os.urandom(20_000_000).hex()}'\n"})
    from ci.deploy import archive
    from tests.ci.deploy.releases import PATHS

    built = archive.build(project.root, PATHS, environ={})
    return built.rename(project.root.parent / built.name)


def fill(path: Path, *, leave: int) -> None:
    """Fill the disk of ``path`` up to ``leave`` bytes."""
    wanted = shutil.disk_usage(path.parent).free - leave
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, wanted))
