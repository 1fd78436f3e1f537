"""docker, podman and buildah: what each is told, and what becomes of the login."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ci.deploy.container_engine import Engine
from ci.deploy.heroku.transport import HerokuError
from ci.deploy.unpack import BadArchive
from ci.errors import CiError, CommandError
from tests.ci.deploy.heroku.conftest import PATIENCE, Deploy, files_with_key
from tests.ci.deploy.releases import Project
from tests.fakes.container_engine import Installed, install
from tests.fakes.heroku import Heroku


@pytest.mark.parametrize(("program", "build"), [("podman", "build"), ("buildah", "bud")])
def test_podman_and_buildah_make_a_docker_image(
    deploy: Deploy, heroku: Heroku, tmp_path: Path, name: str, program: str, build: str
) -> None:
    engine = install(tmp_path / "bin", program)
    assert deploy()
    host = heroku.address.removeprefix("http://")
    assert engine.commands() == [
        f"login --tls-verify=false --username=_ --password-stdin {host}",
        f"{build} --tag {host}/shop/web --format docker --build-arg RELEASE={name} .",
        f"push --tls-verify=false {host}/shop/web",
    ]


def test_podman_under_the_name_of_docker_is_podman(deploy: Deploy, tmp_path: Path) -> None:
    engine = install(tmp_path / "bin", "docker", kind="podman")
    assert deploy()
    assert "--format docker" in engine.commands()[1]


def test_docker_without_buildkit_is_not_given_flags_that_it_does_not_know(deploy: Deploy, tmp_path: Path) -> None:
    engine = install(tmp_path / "bin", "docker", buildkit=False)
    assert deploy()
    assert "--provenance" not in engine.commands()[1]


def test_docker_comes_first(deploy: Deploy, tmp_path: Path) -> None:
    buildah, docker = (install(tmp_path / "bin", program) for program in ("buildah", "docker"))
    assert deploy()
    assert (len(buildah.calls()), len(docker.calls())) == (0, 3)


def test_docker_without_its_daemon_leaves_the_work_to_another(deploy: Deploy, tmp_path: Path) -> None:
    """GitHub's and many other machines have the program docker, and not always what it talks to."""
    podman, docker = install(tmp_path / "bin", "podman"), install(tmp_path / "bin", "docker", daemon=False)
    assert deploy()
    assert (len(podman.calls()), len(docker.calls())) == (3, 0)


def test_docker_without_its_daemon_and_without_another_is_said(deploy: Deploy, heroku: Heroku, tmp_path: Path) -> None:
    install(tmp_path / "bin", "docker", daemon=False)
    with pytest.raises(CiError, match="^docker is installed, and its daemon does not answer: start it, or install po"):
        deploy()
    assert heroku.calls == []


def test_without_an_engine_the_three_are_named(deploy: Deploy, heroku: Heroku) -> None:
    with pytest.raises(CiError) as missing:
        deploy()
    assert str(missing.value) == (
        "building the image needs docker, podman or buildah, and none of them is on PATH: install one"
    )
    assert heroku.calls == []


@pytest.mark.parametrize(("machine", "platform"), [("x86_64", []), ("aarch64", ["linux/amd64"])])
def test_on_arm_the_image_is_built_for_x86(machine: str, platform: list[str]) -> None:
    command = Engine("docker", "docker").build("image", release="1", machine=machine)
    assert [word for option, word in zip(command, command[1:], strict=False) if option == "--platform"] == platform


def test_tls_is_verified_everywhere_but_on_this_machine() -> None:
    engine = Engine("podman", "podman")
    assert "--tls-verify=false" not in engine.login("registry", secure=True) + engine.push("image", secure=True)


@pytest.mark.parametrize("ignores_accept", [False, True])
def test_an_oci_image_is_refused_with_the_reason(
    deploy: Deploy, heroku: Heroku, tmp_path: Path, ignores_accept: bool
) -> None:
    heroku.ignores_accept = ignores_accept
    install(tmp_path / "bin", "docker", oci=True)
    with pytest.raises(HerokuError) as refused:
        deploy()
    host = heroku.address.removeprefix("http://")
    assert str(refused.value) == (
        f"{host}/shop/web is no image in Docker's format (manifest v2, schema 2), the only one that Heroku takes: "
        "turn off docker's containerd image store, or use podman or buildah in place of docker"
    )
    assert heroku.releases == []


def test_the_logins_of_the_user_stay_as_they_are(deploy: Deploy, docker: Installed, environ: dict[str, str]) -> None:
    """A push uses a login of its own, but the user's daemon and plugins."""
    folder = Path(environ["HOME"]) / ".docker"
    (folder / "contexts").mkdir(parents=True)
    own = {"auths": {"docker.io": {"auth": "bWU6bWU="}}, "credsStore": "desktop", "currentContext": "far"}
    (folder / "config.json").write_text(json.dumps(own))
    assert deploy()
    login, build, push = docker.calls()
    assert login["config"] == {"currentContext": "far"}
    assert [("DOCKER_CONFIG" in call["environ"]) for call in (login, build, push)] == [True, False, True]
    assert json.loads((folder / "config.json").read_text()) == own
    assert [path.name for path in folder.iterdir() if path.name != "config.json"] == ["contexts"]


def test_a_refused_login_is_said_without_the_key(deploy: Deploy, heroku: Heroku, tmp_path: Path) -> None:
    install(tmp_path / "bin", "docker", fail={"login": "unauthorized: {stdin} is wrong"})
    with pytest.raises(CommandError) as failed:
        deploy()
    host = heroku.address.removeprefix("http://")
    assert str(failed.value) == f"docker can't log in to {host}, exit code 1: unauthorized: *** is wrong"


@pytest.mark.parametrize("command", ["build", "push"])
def test_a_failed_command_is_said_with_its_output(
    deploy: Deploy, heroku: Heroku, tmp_path: Path, said: list[str], command: str
) -> None:
    install(tmp_path / "bin", "docker", fail={command: "no space left"})
    with pytest.raises(CommandError, match=rf"^`docker {command} .*` ended with exit code 1; its last lines above say"):
        deploy()
    assert said[-1] == "  no space left"
    assert heroku.releases == []


def test_a_build_that_hangs_is_ended(deploy: Deploy, tmp_path: Path) -> None:
    install(tmp_path / "bin", "docker", hang="build")
    with pytest.raises(CommandError, match=r"did not end within 0\.5 seconds$"):
        deploy(patience=replace(PATIENCE, build=0.5))


def test_a_deployment_that_is_ended_takes_build_and_login_with_it(
    release: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    engine = install(tmp_path / "bin", "docker", hang="build")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    code = "import os, sys, pathlib; from ci.deploy.heroku import target; from ci.deploy.targets import Context; "
    code += "here = Context('production', pathlib.Path(), os.environ, print); "
    code += "target.deploy(pathlib.Path(sys.argv[1]), target.Options(), context=here)"
    command = [sys.executable, "-c", code, str(release)]
    with subprocess.Popen(command, env={**environ, "TMPDIR": str(temporary)}, stdout=subprocess.DEVNULL) as deployment:
        deadline = time.monotonic() + 20
        while len(engine.calls()) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        deployment.terminate()
        assert deployment.wait(20) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(engine.calls()[1]["pid"], 0)
    assert list(temporary.iterdir()) == []
    assert files_with_key(tmp_path) == []


def test_an_archive_without_a_dockerfile_is_refused(deploy: Deploy, docker: Installed, tmp_path: Path) -> None:
    archive = Project.create(tmp_path / "other").build()
    with pytest.raises(BadArchive, match=r"holds no Dockerfile; name it, and \.dockerignore, in: ci build PATH"):
        deploy(archive)
    assert docker.calls() == []
