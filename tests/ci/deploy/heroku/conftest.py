"""A release, a fake Heroku, a fake docker, and a deployment that may not leave the key anywhere."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ci.deploy import archive as archives
from ci.deploy.heroku import target
from ci.deploy.heroku.settings import Patience
from ci.deploy.heroku.target import Options
from ci.deploy.targets import Context, Deployed
from ci.errors import CiError
from tests.ci.deploy.releases import Project, release_of
from tests.fakes import container_engine
from tests.fakes import heroku as fakes
from tests.fakes.container_engine import Installed
from tests.fakes.heroku import APP, KEY, Heroku

Deploy = Callable[..., Deployed | None]
Rollback = Callable[..., Deployed | None]

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
    project = Project.create(tmp_path_factory.mktemp("project") / "shop")
    project.commit({"Dockerfile": "FROM scratch\n", ".dockerignore": "**\n", "app/home.html": "<p>\n"})
    return archives.build(project.root, ["."], environ={})


@pytest.fixture
def name(release: Path) -> str:
    """The name of the release."""
    return release_of(release)


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
        "HEROKU_APP": APP,
        "HEROKU_API_KEY": KEY,
        "HEROKU_API_URL": heroku.address,
        "HEROKU_REGISTRY_URL": heroku.address,
    }


@pytest.fixture
def context(environ: dict[str, str], said: list[str], tmp_path: Path) -> Context:
    """A call of the target."""
    return Context("production", tmp_path, environ, said.append)


@pytest.fixture
def keeps_the_key_secret(tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The key is in nothing that is said, and in no file that is left."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    yield
    assert KEY not in "\n".join(said)
    assert list(temporary.iterdir()) == []
    assert files_with_key(tmp_path) == []


@pytest.fixture
def deploy(release: Path, context: Context, keeps_the_key_secret: None) -> Deploy:
    """Deploy the release, or an ``archive``."""

    def deploy(archive: Path = release, *, dry_run: bool = False, patience: Patience = PATIENCE) -> Deployed | None:
        with without_key():
            return target.deploy(archive, Options(), context=replace(context, dry_run=dry_run), patience=patience)

    return deploy


@pytest.fixture
def rollback(context: Context, keeps_the_key_secret: None) -> Rollback:
    """Go back to a release."""

    def rollback(
        wanted: str | None = None, *, dry_run: bool = False, patience: Patience = PATIENCE
    ) -> Deployed | None:
        with without_key():
            return target.rollback(wanted, Options(), context=replace(context, dry_run=dry_run), patience=patience)

    return rollback


@contextmanager
def without_key() -> Iterator[None]:
    """An error in the block, or one behind it, must not hold the key."""
    try:
        yield
    except CiError as error:
        chain: BaseException | None = error
        while chain:
            assert KEY not in f"{chain} {chain!r}"
            chain = chain.__cause__ or chain.__context__
        raise


def files_with_key(folder: Path) -> list[Path]:
    """The files under ``folder`` that hold the key, as it is or in a login."""
    secrets = [KEY.encode(), *(fakes.basic(user).split()[1].encode() for user in ("_", ""))]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(secret in path.read_bytes() for secret in secrets)]
