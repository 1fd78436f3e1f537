"""The image: built for real with buildah and with podman, pushed to a registry, looked at, run, asked and stopped.

What Heroku's registry takes is Docker's image manifest, version 2, schema 2
(https://distribution.github.io/distribution/spec/manifest-v2-2/).
"""

import http.client
import json
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ci.deploy import archive as archives
from ci.deploy.container_engine import Engine
from ci.deploy.heroku import calls
from ci.deploy.heroku import image as images
from ci.deploy.heroku.api import HerokuApi
from ci.deploy.heroku.settings import Patience, Settings
from ci.deploy.heroku.transport import HerokuError, Transport
from ci.deploy.unpack import release_name
from tests.app.servers import ROOT, copy_project
from tests.engines.container_base import make_base
from tests.engines.containers import Containers, containers, registry
from tests.engines.programs import need
from tests.ports import free_port
from tests.processes import until
from tests.repository import Repository

pytestmark = pytest.mark.engine

BASE = "docker.io/library/python:3.13-slim-trixie"
KEY = "0123abcd-4567-89ef-0123-456789abcdef"
BUILT_FROM = ("app", "gunicorn.conf.py", "requirements.txt", "Procfile", "Dockerfile", ".dockerignore")
LARGEST = 12_000_000  # bytes above the base

#: Lists the modules of a server, and of its health check, whose bytecode Python would not take.
NOT_COMPILED = """
import app.healthcheck, gunicorn.app.wsgiapp, gunicorn.arbiter, gunicorn.workers.gthread
import importlib.util, json, os, sys
app.create_app()
def is_compiled(spec):
    try:
        with open(importlib.util.cache_from_source(spec.origin), "rb") as file:
            return int.from_bytes(file.read(12)[8:], "little") == int(os.stat(spec.origin).st_mtime)
    except FileNotFoundError:
        return False
specs = [module.__spec__ for module in sys.modules.values() if getattr(module, "__spec__", None)]
sources = [spec for spec in specs if str(spec.origin).endswith(".py")]
print(json.dumps([spec.name for spec in sources if not is_compiled(spec)]))
"""


@dataclass(frozen=True)
class Image:
    """A pushed image: its name, the release in it, what the registry says of it, and what was said meanwhile."""

    name: str
    release: str
    settings: Settings
    said: tuple[str, ...]


@dataclass(frozen=True)
class Running:
    """A container, and where it answers."""

    containers: Containers
    name: str
    port: int

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; the status is 0 as long as nobody answers."""
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
                connection.request("GET", path)
                response = connection.getresponse()
                return response.status, response.read().decode()
        except OSError:
            return 0, ""

    def inspect(self) -> Any:
        """What podman knows of it."""
        return json.loads(self.containers.podman("inspect", self.name))[0]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This project's app as a repository."""
    folder = copy_project(tmp_path_factory.mktemp("project"))
    for name in ("requirements.txt", "Procfile", "Dockerfile", ".dockerignore", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    Repository.create(folder).commit()
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Containers]:
    """A store that holds the base image."""
    folder = tmp_path_factory.mktemp("containers")
    with containers(folder) as made:
        made.import_base(make_base(folder / "base", ROOT / "requirements.txt"), BASE)
        shutil.rmtree(folder / "base")
        yield made


@pytest.fixture(scope="module")
def images_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry that lets in who sends the key: `_`, as engines log in, and nobody, as Heroku's command line does."""
    with registry(tmp_path_factory.mktemp("registry") / "own", users=("_", ""), password=KEY) as host:
        yield host


@pytest.fixture(scope="module", params=["buildah", "podman"])
def image(request: pytest.FixtureRequest, project: Path, store: Containers, images_host: str) -> Image:
    """The image as `ci deploy` makes and pushes it."""
    program = request.param
    archive = archives.build(project, BUILT_FROM, environ={})
    settings = Settings(f"shop-{program}", KEY, registry=f"http://{images_host}")
    source = images.Source(archive, release_name(archive), Engine(program, program), store.environ, settings)
    said: list[str] = []
    images.push(source, say=said.append, patience=Patience())
    return Image(settings.image, source.release, settings, tuple(said))


@pytest.fixture(scope="module")
def config(image: Image, store: Containers) -> Any:
    """What is set in the image."""
    return json.loads(store.podman("inspect", image.name))[0]


@contextmanager
def running(store: Containers, name: str, *options: str) -> Iterator[Running]:
    """The image, as strictly as it can be run, until the block ends."""
    port = free_port()
    strict = ["--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges"]
    identity = store.podman("run", "--detach", "--env", f"PORT={port}", *strict, *options, name)
    container = Running(store, identity, port)
    try:
        until(lambda: container.get("/healthz")[0] == 200 or not container.inspect()["State"]["Running"], seconds=60)
        yield container
    finally:
        store.podman("rm", "--force", "--time", "0", identity, check=False)


def test_the_registry_has_it_in_the_only_format_that_heroku_takes(image: Image, config: Any) -> None:
    with closing(Transport(image.settings, Patience())) as transport:
        manifest = json.loads(transport.ask_registry(calls.manifest(image.settings.app)) or b"{}")
        assert (manifest["schemaVersion"], manifest["mediaType"]) == (2, calls.DOCKER_MANIFEST)
        assert HerokuApi(transport).pushed_image() == f"sha256:{config['Id']}"


def test_the_registry_knows_nobody_without_the_key(image: Image) -> None:
    stranger = Settings(image.settings.app, "wrong", registry=image.settings.registry)
    with closing(Transport(stranger, Patience())) as transport, pytest.raises(HerokuError, match="does not accept"):
        HerokuApi(transport).pushed_image()


def test_an_image_in_oci_s_format_is_refused_with_the_reason(image: Image, store: Containers) -> None:
    settings = Settings("shop-oci", KEY, registry=image.settings.registry)
    store.podman(
        *("push", "--tls-verify=false", "--format", "oci", "--creds", f"_:{KEY}", image.name, settings.image),
    )
    with closing(Transport(settings, Patience())) as transport, pytest.raises(HerokuError, match="no image in Docker"):
        HerokuApi(transport).pushed_image()


def test_the_key_is_left_nowhere(image: Image, store: Containers) -> None:
    assert KEY not in "\n".join(image.said)
    folders = [store.folder / "home", store.folder / "temporary"]
    assert [path for folder in folders for path in folder.rglob("auth*.json")] == []
    assert KEY not in store.podman("history", "--no-trunc", "--format", "{{.CreatedBy}}", image.name)


def test_it_is_set_up_for_every_platform(config: Any, image: Image) -> None:
    settings = config["Config"]
    variables = dict(variable.split("=", 1) for variable in settings["Env"])
    assert config["ManifestType"] == calls.DOCKER_MANIFEST
    assert settings["User"] == "10001:10001"
    assert settings["Cmd"] == ["gunicorn", "app:create_app()"]
    assert settings.get("Entrypoint") is None
    assert config["Healthcheck"]["Test"] == ["CMD", "python", "-m", "app.healthcheck"]
    assert variables == {
        "PATH": "/opt/venv/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "RELEASE": image.release,
    }


def test_it_adds_little_to_the_base(config: Any, store: Containers) -> None:
    added = config["Size"] - json.loads(store.podman("inspect", BASE))[0]["Size"]
    print(f"{added} bytes above the base")
    assert added <= LARGEST


def test_nothing_but_the_release_is_in_it(image: Image, store: Containers, tmp_path: Path) -> None:
    identity = store.podman("create", image.name)
    store.podman("export", "--output", str(tmp_path / "files.tar"), identity)
    with tarfile.open(tmp_path / "files.tar") as files:
        names = {name.split("/")[2] for name in files.getnames() if name.startswith("srv/app/")}
    assert names - {"__pycache__"} == {"app", "gunicorn.conf.py", "release.json", "requirements.txt"}


def test_what_a_start_loads_is_compiled(image: Image, store: Containers) -> None:
    """Bytecode of another second than its file's (PEP 552) counts as missing, and is made again at each start."""
    with running(store, image.name) as container:
        missing = json.loads(store.podman("exec", container.name, "python", "-c", NOT_COMPILED))
    assert missing == []


def test_it_runs_read_only_without_rights_answers_and_stops(image: Image, store: Containers) -> None:
    with running(store, image.name) as container:
        assert container.get("/healthz") == (200, f'{{"release":"{image.release}","status":"ok"}}\n')
        status, page = container.get("/")
        assert (status, image.release[:12] in page) == (200, True)
        assert store.podman("healthcheck", "run", container.name) == ""
        process = Path(f"/proc/{container.inspect()['State']['Pid']}/status").read_text()
        facts = dict(line.split(":\t", 1) for line in process.splitlines() if ":\t" in line)
        assert facts["Uid"].split() == facts["Gid"].split() == ["10001"] * 4
        assert (facts["CapEff"], facts["NoNewPrivs"]) == ("0" * 16, "1")
        started = time.monotonic()
        store.podman("stop", "--time", "20", container.name)
        print(f"stopped after {time.monotonic() - started:.1f} s")
        assert container.inspect()["State"]["ExitCode"] == 0
        assert "error" not in store.podman("logs", container.name).lower()


def test_the_health_check_fails_where_nobody_answers(image: Image, config: Any, store: Containers) -> None:
    done = subprocess.run(
        [
            *("podman", "run", "--rm", "--no-healthcheck", "--env", f"PORT={free_port()}", image.name),
            *config["Healthcheck"]["Test"][1:],
        ],
        env=store.environ,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (1, "not healthy: [Errno 111] Connection refused\n")


def test_a_build_without_a_release_file_is_named_by_an_argument(project: Path, store: Containers) -> None:
    """And by the argument of this build: an ENV that no step uses would keep the name of the first (Buildah 5501)."""
    (project / "release.json").unlink(missing_ok=True)
    for release in ("first", "second"):
        command = Engine("podman", "podman").build("localhost/pushed", release=release)
        subprocess.run(command, cwd=project, env=store.environ, check=True, capture_output=True)
        with running(store, "localhost/pushed") as container:
            assert json.loads(container.get("/healthz")[1])["release"] == release


def test_any_user_can_run_what_was_checked_out_under_a_strict_umask(
    project: Path, store: Containers, tmp_path: Path
) -> None:
    """Builders keep the modes of files, and Heroku runs an image as a user of its own."""
    checkout = shutil.copytree(project, tmp_path / "strict", ignore=shutil.ignore_patterns(".git", "dist"))
    subprocess.run(["chmod", "-R", "go-rwx", checkout], check=True)
    command = Engine("podman", "podman").build("localhost/strict", release="strict")
    subprocess.run(command, cwd=checkout, env=store.environ, check=True, capture_output=True)
    with running(store, "localhost/strict", "--user", "54321:54321") as container:
        assert json.loads(container.get("/healthz")[1])["release"] == "strict"


def test_a_broken_app_fails_the_build(project: Path, store: Containers, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "broken", ignore=shutil.ignore_patterns(".git", "dist"))
    (tmp_path / "broken" / "app" / "__init__.py").write_text("raise RuntimeError('broken')\n")
    command = Engine("podman", "podman").build("localhost/broken", release="broken")
    done = subprocess.run(command, cwd=tmp_path / "broken", env=store.environ, capture_output=True, text=True)
    assert done.returncode != 0
    assert "RuntimeError: broken" in done.stdout + done.stderr


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([need("hadolint"), str(ROOT / "Dockerfile")], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
