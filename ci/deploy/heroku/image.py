"""From the archive of a release to an image in Heroku's registry."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ci.deploy import container_engine
from ci.deploy.container_engine import Engine
from ci.deploy.heroku.settings import KEY, Patience, Settings
from ci.deploy.targets import Say
from ci.deploy.unpack import RELEASE_FILE, BadArchive, release_name, unpack


@dataclass(frozen=True)
class Source:
    """What an image is made of: the ``archive`` of ``release``, by ``engine`` in ``environ``, which lacks the key."""

    archive: Path
    release: str
    engine: Engine
    environ: Mapping[str, str]
    settings: Settings

    @property
    def is_secure(self) -> bool:
        """Whether the registry has TLS, as every one has but that of a test."""
        return self.settings.registry.startswith("https:")

    def login_command(self) -> list[str]:
        """Log in to the registry; the key comes on standard input."""
        return self.engine.login(self.settings.registry_host, secure=self.is_secure)

    def build_command(self) -> list[str]:
        """Build the image from the working directory."""
        return self.engine.build(self.settings.image, release=self.release)

    def push_command(self) -> list[str]:
        """Push the image."""
        return self.engine.push(self.settings.image, secure=self.is_secure)


def source(archive: Path, settings: Settings, environ: Mapping[str, str]) -> Source:
    """What the image of the release in ``archive`` is made of; the engine gets all of ``environ`` but the key.

    Raises BadArchive, or CiError if there is no container engine.
    """
    release = release_name(archive)
    without_key = {name: value for name, value in environ.items() if name != KEY}
    return Source(archive, release, container_engine.find(without_key), without_key, settings)


def push(source: Source, *, say: Say, patience: Patience) -> None:
    """Build the image from what was tested, the files in the archive, and push it. Raises CiError."""
    settings, engine = source.settings, source.engine
    with tempfile.TemporaryDirectory(prefix="ci-image-") as folder:
        context = Path(folder) / "release"
        _unpack(source.archive, context)
        with container_engine.logged_in(
            source.login_command(), settings.key, engine=engine, environ=source.environ, timeout=patience.login
        ) as allowed:
            say(f"building the image of release {source.release} with {engine.program}")
            build = source.build_command()
            container_engine.follow(build, cwd=context, environ=source.environ, say=say, timeout=patience.build)
            say(f"pushing {settings.image}")
            container_engine.follow(
                source.push_command(), cwd=context, environ=allowed, say=say, timeout=patience.push
            )


def _unpack(archive: Path, context: Path) -> None:
    unpack(archive, context, needed=(RELEASE_FILE,))
    if not (context / "Dockerfile").is_file():
        raise BadArchive(f"{archive} holds no Dockerfile; name it, and .dockerignore, in: ci build PATH...")
    # The image keeps these modes, and its user is not the one that unpacks here: a strict umask would lock it out.
    for folder in (context, *context.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o755)
