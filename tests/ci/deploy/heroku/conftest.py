"""A release, a fake Heroku, a fake docker, and a deployment that may not leave the key anywhere."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ci.deploy import archive as archives
from ci.deploy import heroku as target
from ci.deploy.heroku import Deployed
from ci.deploy.heroku_settings import Patience
from ci.errors import CiError
from tests.ci.deploy.releases import Project
from tests.fakes import container_engine
from tests.fakes import heroku as fakes
from tests.fakes.container_engine import Installed
from tests.fakes.heroku import APP, KEY, Heroku

Deploy = Callable[..., Deployed | None]

PATIENCE = Patience(
    connect=5,
    answer=5,
    retries=2,
    backoff=0,
    pause=0.01,
    output_tries=4,
    login=20,
    build=20,
    push=20,
    release=5,
    healthy=5,
)


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive of a release that has a Dockerfile."""
    project = Project(tmp_path_factory.mktemp("project") / "shop")
    project.write("Dockerfile", "FROM scratch\n")
    project.write(".dockerignore", "**\n")
    project.write("app/home.html", "<p>\n")
    project.commit()
    return archives.build(project.root, ["."], environ={})


@pytest.fixture
def name(release: Path) -> str:
    """The name of the release."""
    return release.name.removeprefix("shop-").removesuffix(".tar.gz")


@pytest.fixture
def heroku(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heroku]:
    """The fake Heroku. The test fails if it was asked something wrong."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with fakes.serving() as fake:
        yield fake
    assert fake.faults == []


@pytest.fixture
def docker(tmp_path: Path) -> Installed:
    """The fake docker."""
    return container_engine.install(tmp_path / "bin", "docker")


@pytest.fixture
def environ(tmp_path: Path, heroku: Heroku) -> dict[str, str]:
    """The environment of a deployment."""
    home = tmp_path / "home"
    home.mkdir()
    return {
        "PATH": str(tmp_path / "bin"),
        "HOME": str(home),
        "HEROKU_API_KEY": KEY,
        "HEROKU_API_URL": heroku.address,
        "HEROKU_REGISTRY_URL": heroku.address,
    }


@pytest.fixture
def deploy(
    tmp_path: Path, release: Path, environ: dict[str, str], said: list[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deploy]:
    """Deploy the release, or an ``archive``. The key must not be in what is said, raised or left in files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def deploy(archive: Path = release, *, dry_run: bool = False, patience: Patience = PATIENCE) -> Deployed | None:
        try:
            return target.deploy(
                archive, app=APP, environ=environ, say=said.append, dry_run=dry_run, patience=patience
            )
        except CiError as error:
            chain: BaseException | None = error
            while chain:
                assert KEY not in f"{chain} {chain!r}"
                chain = chain.__cause__ or chain.__context__
            raise

    yield deploy
    assert KEY not in "\n".join(said)
    assert list(temporary.iterdir()) == []
    assert files_with_key(tmp_path) == []


def files_with_key(folder: Path) -> list[Path]:
    """The files under ``folder`` that hold the key, as it is or in a login."""
    secrets = [KEY.encode(), *(fakes.basic(user).split()[1].encode() for user in ("_", ""))]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(secret in path.read_bytes() for secret in secrets)]
