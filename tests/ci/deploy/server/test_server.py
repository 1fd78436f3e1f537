"""Deployments to a server of this machine: real archives, real gunicorns, real clients."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ci.deploy import server
from ci.deploy.server.activation import DeploymentFailed
from ci.deploy.archive import build
from ci.deploy.server.directory import ServerDirectory
from ci.deploy.server.lock import Busy
from ci.deploy.server.gunicorn import Server, Started
from ci.deploy.server import Deployed
from ci.errors import CiError
from tests.ci.deploy import releases
from tests.ci.deploy.conftest import Deploy, load, page
from tests.ci.deploy.releases import Project, release_of
from tests.processes import until


ROOT = Path(__file__).parents[4]


def results(directory: Path) -> list[str]:
    """The results in revisions.log."""
    return [line.split("\t")[3] for line in (directory / "revisions.log").read_text().splitlines()]


def master(directory: Path) -> int:
    """The process id of the server, which runs."""
    found = Server(directory / "shared", "gunicorn").master()
    assert found is not None
    return found


def wait_for_the_end(directory: Path) -> None:
    """Wait until no process of the server is left."""
    until(lambda: not Server(directory / "shared", "gunicorn").is_running())


def assert_settled(directory: Path) -> None:
    """Nothing of a deployment is left: one server, one link, no rehearsal."""
    assert Server(directory / "shared", "gunicorn").successor() is None
    assert not Server(directory / "shared", "rehearsal").is_running()
    assert not (directory / "fallback").is_symlink()


def test_the_first_deployment_starts_the_server_and_tells_its_address(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    archive = project.build()
    assert deploy(archive) == Deployed(release_of(archive), f"http://127.0.0.1:{port}", None)
    assert page(port)["release"] == release_of(archive)
    assert (directory / "current").resolve().parent == directory / "releases"
    assert not os.path.isabs(os.readlink(directory / "current"))
    assert results(directory) == ["deployed"]
    assert_settled(directory)


def test_an_exchange_loses_no_request(project: Project, deploy: Deploy, directory: Path, port: int) -> None:
    old, new = project.build(), project.build()
    deploy(old)
    with load(port) as clients:
        assert deploy(new).previous == release_of(old)
    assert clients.failures == []
    assert set(clients.answers) == {release_of(old), release_of(new)}
    assert page(port)["release"] == release_of(new)
    assert_settled(directory)


def test_new_content_under_the_same_name_is_served(project: Project, deploy: Deploy, port: int) -> None:
    """A working tree with changes is always called <commit>-dirty."""
    for content in ("first", "second"):
        app = releases.APP.format(starting="", answering="").replace("first", content)
        project.write({"app.py": f"{app}\n#"})
        archive = build(project.root, releases.PATHS, environ={})
        assert deploy(archive).release.endswith("-dirty")
        assert page(port)["content"] == content


def test_a_broken_release_never_meets_a_client(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """tests/engines/delivery/test_load.py breaks releases in every other way."""
    good = project.build()
    deploy(good)
    before = os.readlink(directory / "current")
    with load(port) as clients:
        with pytest.raises(DeploymentFailed, match=f"Release {release_of(good)} serves on."):
            deploy(project.build(answering="status = '500 Broken'"), timeout=1.0)
    assert os.readlink(directory / "current") == before
    assert [path.name for path in (directory / "releases").iterdir()] == [Path(before).name]
    assert clients.failures == []
    assert set(clients.answers) == {release_of(good)}
    assert [result[:8] for result in results(directory)] == ["deployed", "failed: "]
    assert_settled(directory)


COUNT_STARTS = "starts = pathlib.Path(__file__).with_name('starts'); starts.open('a').write('x')\n"
SECOND_FAULT = {
    "starts only once": {"starting": COUNT_STARTS + "assert len(starts.read_text()) == 1"},
    "falls ill in service": {
        "answering": "if environ['PATH_INFO'] == '/healthz' and answered > 2: status = '500 Tired'"
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", SECOND_FAULT)
def test_a_release_that_breaks_after_the_rehearsal_is_taken_back(
    project: Project, deploy: Deploy, directory: Path, port: int, fault: str
) -> None:
    good = project.build()
    deploy(good)
    before = os.readlink(directory / "current")
    with load(port) as clients:
        with pytest.raises(DeploymentFailed, match=f"Release {release_of(good)} serves on."):
            deploy(project.build(**SECOND_FAULT[fault]))
    assert clients.failures == []
    assert page(port)["release"] == release_of(good)
    assert os.readlink(directory / "current") == before
    assert_settled(directory)


def test_a_broken_first_release_shows_its_log_and_leaves_nothing(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    with pytest.raises(DeploymentFailed) as failure:
        deploy(project.build(starting="raise ImportError('no such thing')"))
    assert "the server ended by itself. No server runs, as before." in str(failure.value)
    assert "ImportError: no such thing" in str(failure.value)
    assert not (directory / "current").is_symlink()
    assert_settled(directory)
    good = project.build()
    deploy(good)
    assert page(port)["release"] == release_of(good)


def test_a_port_of_another_program_is_left_to_it(
    project: Project, deploy: Deploy, port: int, said: list[str]
) -> None:
    with socket.create_server(("127.0.0.1", port)):
        found = int(deploy(project.build()).address.rpartition(":")[2])
        assert port < found <= port + 20
        assert f"port {port} is taken by another program, so the server gets port {found}" in said
        new = project.build()
        assert deploy(new).address.endswith(f":{found}")
        assert page(found)["release"] == release_of(new)


def test_the_server_outlives_the_job_and_keeps_nothing_of_it_but_its_own_settings(
    project: Project, directory: Path, port: int
) -> None:
    (directory / "shared").mkdir(parents=True)
    (directory / "shared" / ".env").write_text("DATABASE=postgres://db\n")
    job = {"PATH": os.environ["PATH"], "WEB_CONCURRENCY": "1", "TZ": "UTC"}
    secret = {"CI_JOB_COOKIE": "1", "HEROKU_API_KEY": "x"}
    assert deploy_in_a_process(project.build(), directory, port, environ={**job, **secret}) == 0
    found = page(port)["environment"]
    by_others = {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE", "SERVER_SOFTWARE"}  # the shell, Python, gunicorn
    assert {name: found[name] for name in set(found) - by_others} == {
        **job, "PORT": str(port), "PYTHONUNBUFFERED": "1", "DATABASE": "postgres://db",
    }  # fmt: skip
    assert os.getsid(master(directory)) != os.getsid(0)


def test_other_arguments_in_the_procfile_need_a_new_start(
    project: Project, deploy: Deploy, port: int, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "PATHS", (*releases.PATHS, "Procfile"))
    project.write({"Procfile": 'web: gunicorn "app:create_app()"\n'})
    deploy(project.build())
    project.write({"Procfile": "web: gunicorn --threads 8 'app:create_app()'\n"})
    new = project.build()
    with pytest.raises(CiError, match="run `ci stop` and deploy again"):
        deploy(new)
    server.stop(directory)
    deploy(new)
    assert page(port)["release"] == release_of(new)


def test_a_second_deployment_at_the_same_time_says_who_is_first(
    project: Project, deploy: Deploy, directory: Path
) -> None:
    with ServerDirectory(directory).locked("deploying shop-1.tar.gz"):
        with pytest.raises(
            Busy, match=rf"deploying shop-1.tar.gz by .*, process {os.getpid()}, since 2\d\d\d-"
        ):
            deploy(project.build())
        with pytest.raises(Busy):
            server.stop(directory)


def test_stop_ends_the_server(project: Project, deploy: Deploy, directory: Path, port: int) -> None:
    archive, heard = project.build(), list[str]()
    deploy(archive)
    pid = master(directory)
    assert server.stop(directory, say=heard.append) == release_of(archive)
    assert heard == [f"stopped release {release_of(archive)} at http://127.0.0.1:{port} (process {pid})"]
    with pytest.raises(ConnectionRefusedError):
        page(port)
    assert server.stop(directory, say=heard.append) is None
    assert heard[1] == f"no server runs in {directory}"


def test_stop_where_nothing_was_ever_deployed(tmp_path: Path) -> None:
    heard: list[str] = []
    assert server.stop(tmp_path / "nothing", say=heard.append) is None
    assert heard == [f"no server runs in {tmp_path / 'nothing'}"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_request_in_flight_is_answered_before_the_end(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    begun = directory.parent / "begun"
    slow = f"import time; environ['PATH_INFO'] == '/' and (open({str(begun)!r}, 'w').close(), time.sleep(1))"
    deploy(project.build(answering=slow))
    begun.unlink(missing_ok=True)
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        until(begun.exists)
        server.stop(directory)
        assert client.recv(12) == b"HTTP/1.1 200"


def test_who_looks_whether_a_server_runs_does_not_keep_one_from_starting(tmp_path: Path) -> None:
    """`ci releases` and the unit hold the server's lock for a moment."""
    one = Server(tmp_path, "gunicorn")
    with one.lock_file.open("a") as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_SH)
        moment = threading.Timer(0.05, fcntl.flock, (looked_at, fcntl.LOCK_UN))
        moment.start()
        one.start(["true"], Started(8000, ("app",)), env={"PATH": os.environ["PATH"]})
        moment.join()
    assert one.last_started() == Started(8000, ("app",))
    until(lambda: not one.is_running())


def test_a_pid_file_that_names_another_program_harms_nobody(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """After a crash or a new start of the machine, the number in the pid file may be anybody's."""
    deploy(project.build())
    os.killpg(os.getsid(master(directory)), signal.SIGKILL)
    wait_for_the_end(directory)
    with subprocess.Popen(["sleep", "60"]) as other:
        try:
            for name in ("gunicorn.pid", "gunicorn.pid.2"):
                (directory / "shared" / name).write_text(f"{other.pid}\n")
            assert server.stop(directory) is None
            new = project.build()
            deploy(new)
            assert page(port)["release"] == release_of(new)
            assert other.poll() is None
        finally:
            other.kill()


def test_a_killed_master_is_replaced(project: Project, deploy: Deploy, directory: Path, port: int) -> None:
    """Its workers notice within a second or two that they are alone; the deployment waits for that."""
    deploy(project.build())
    os.kill(master(directory), signal.SIGKILL)
    until(lambda: Server(directory / "shared", "gunicorn").master() is None)
    new = project.build()
    deploy(new)
    assert page(port)["release"] == release_of(new)


@pytest.mark.slow
def test_deployments_killed_at_any_moment_lose_no_request(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """Each next one settles what the one before left."""
    deploy(project.build())
    with load(port) as clients:
        for moment in (
            ("ServerDirectory", "begin_switch", "after"),
            ("Server", "start_successor", "after"),
            ("ServerDirectory", "end_switch", "after"),
        ):
            killed = deploy_in_a_process(project.build(), directory, port, moment=moment)
            assert killed == -signal.SIGKILL, moment
        new = project.build()
        deploy(new)
        assert {page(port)["release"] for _ in range(5)} == {release_of(new)}
    assert clients.failures == []
    assert_settled(directory)


def test_a_deployment_that_is_terminated_undoes_what_it_began(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    """SIGTERM is what `ci run` sends to a job on Ctrl-C. No rehearsal stays behind."""
    good = project.build()
    deploy(good)
    slow = project.build(answering="import time; time.sleep(60)")
    deployment = subprocess.Popen(command(slow, directory, port), cwd=ROOT)
    until(lambda: Server(directory / "shared", "rehearsal").is_running())
    deployment.terminate()
    assert deployment.wait() == 128 + signal.SIGTERM
    assert page(port)["release"] == release_of(good)
    assert results(directory) == ["deployed", "failed: interrupted"]
    assert_settled(directory)


@pytest.mark.slow
def test_a_first_deployment_that_was_killed_is_made_good(
    project: Project, deploy: Deploy, directory: Path, port: int
) -> None:
    for moment in (("Server", "start", "after"), ("ServerDirectory", "point_to", "after")):
        assert deploy_in_a_process(project.build(), directory, port, moment=moment) == -signal.SIGKILL
    new = project.build()
    deploy(new)
    assert page(port)["release"] == release_of(new)
    assert_settled(directory)


def deploy_in_a_process(
    archive: Path,
    directory: Path,
    port: int,
    *,
    moment: tuple[str, str, str] | tuple[()] = (),
    environ: dict[str, str] | None = None,
) -> int:
    """Deploy in a process of its own, which is killed at ``moment``; its exit code."""
    called = [*command(archive, directory, port), *moment]
    return subprocess.run(called, cwd=ROOT, env=environ, capture_output=True).returncode


def command(archive: Path, directory: Path, port: int) -> list[str]:
    """A deployment as a process of its own."""
    return [sys.executable, "-m", "tests.ci.deploy.releases", str(archive), str(directory), str(port)]
