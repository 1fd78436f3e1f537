"""The Heroku target: the release archive becomes a container image, and the image the app's release.

The calls of Heroku's own command line, made here, so that neither it nor its login is needed: check the app, log in
to the registry, build, push, ask for the image's ID, remember the latest release, hand the image over, follow the new
release, see that a web process runs, ask the app which release it is. Two deployments to one app must not overlap:
the pipeline runs one at a time.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import join

from ci.deploy import container_engine, heroku_calls, heroku_settings
from ci.deploy.container_engine import Engine, Say
from ci.deploy.heroku_calls import Call
from ci.deploy.heroku_settings import Patience, Settings
from ci.deploy.unpack import BadArchive, release_name, unpack

_KEY = "HEROKU_API_KEY"


@dataclass(frozen=True)
class Deployed:
    """A release that answers at ``address``, and what Heroku calls it and the one before it (``v12``)."""

    release: str
    address: str
    version: str
    previous: str | None


def deploy(
    archive: Path,
    *,
    app: str,
    environ: Mapping[str, str],
    say: Say = print,
    dry_run: bool = False,
    patience: Patience = Patience(),
) -> Deployed | None:
    """Make the Heroku app ``app`` serve the release in ``archive``; config vars and other processes stay as they are.

    ``environ`` holds HEROKU_API_KEY and what the container engine needs (PATH, HOME, ...); the engine gets all of it
    but the key. ``say`` gets a sentence for each step and the output of the build. With ``dry_run`` the calls are said
    and nothing is done. If ``environ`` holds CI_NOTICE_FILE, the address is written into that file.

    Raises CiError: UsageError, BadArchive, CommandError (the container engine) or HerokuError. Up to a failure of the
    new release itself, what served before serves on; then the error says how to go back.
    """
    settings = heroku_settings.read(app, environ)
    release = release_name(archive)
    without_key = {name: value for name, value in environ.items() if name != _KEY}
    engine = container_engine.find(without_key)
    if dry_run:
        for line in _preview(settings, engine, release):
            say(line)
        return None

    def say_safely(text: str) -> None:
        say(settings.presentable(text))

    deployed = _deploy(archive, release, settings, engine, environ=without_key, say=say_safely, patience=patience)
    if environ.get("CI_NOTICE_FILE"):
        Path(environ["CI_NOTICE_FILE"]).write_text(deployed.address + "\n", encoding="utf-8")
    say(f"release {release} runs at {deployed.address} as {deployed.version} of {app}")
    return deployed


def _deploy(
    archive: Path,
    release: str,
    settings: Settings,
    engine: Engine,
    *,
    environ: Mapping[str, str],
    say: Say,
    patience: Patience,
) -> Deployed:
    # They import requests, which only a real deployment needs.
    from ci.deploy import heroku_release
    from ci.deploy.heroku_api import HerokuApi

    with HerokuApi(settings, patience) as api:
        address = heroku_release.check_app(api)
        _push(archive, release, settings, engine, environ=environ, say=say, patience=patience)
        made, previous = heroku_release.hand_over(api, api.pushed_image(), say=say, patience=patience)
        say(f"waiting for {address}/healthz to name release {release}")
        heroku_release.see_it_serve(api, address, release, previous, say=say, patience=patience)
    return Deployed(release, address, f"v{made.version}", f"v{previous.version}" if previous else None)


def _push(
    archive: Path,
    release: str,
    settings: Settings,
    engine: Engine,
    *,
    environ: Mapping[str, str],
    say: Say,
    patience: Patience,
) -> None:
    """Build the image from what was tested, the files in ``archive``, and push it."""
    secure = settings.registry.startswith("https:")
    with tempfile.TemporaryDirectory(prefix="ci-image-") as folder:
        context = Path(folder) / "release"
        _unpack(archive, context)
        with container_engine.logged_in(
            engine, settings.registry_host, settings.key, secure=secure, environ=environ, timeout=patience.login
        ) as allowed:
            say(f"building the image of release {release} with {engine.program}")
            build = engine.build(settings.image, release=release)
            container_engine.follow(build, cwd=context, environ=environ, say=say, timeout=patience.build)
            say(f"pushing {settings.image}")
            push = engine.push(settings.image, secure=secure)
            container_engine.follow(push, cwd=context, environ=allowed, say=say, timeout=patience.push)


def _unpack(archive: Path, context: Path) -> None:
    unpack(archive, context)
    if not (context / "Dockerfile").is_file():
        raise BadArchive(f"{archive} holds no Dockerfile; name it, and .dockerignore, in: ci build PATH...")
    # The image keeps these modes, and its user is not the one that unpacks here: a strict umask would lock it out.
    for folder in (context, *context.rglob("*")):
        if folder.is_dir():
            folder.chmod(0o755)


def _preview(settings: Settings, engine: Engine, release: str) -> Iterator[str]:
    """What a deployment would do, in order."""

    def api(call: Call) -> str:
        return f"{call.method} {settings.api}{call.path}"

    secure, app = settings.registry.startswith("https:"), settings.app
    yield api(heroku_calls.app(app))
    yield f"{join(engine.login(settings.registry_host, secure=secure))}  # {_KEY} on standard input"
    yield join(engine.build(settings.image, release=release))
    yield join(engine.push(settings.image, secure=secure))
    yield f"GET {settings.registry}{heroku_calls.manifest(app).path}"
    yield api(heroku_calls.latest_release(app))
    yield f"{api(heroku_calls.release_image(app, ''))}  # the image becomes a release"
    yield f"{api(heroku_calls.latest_release(app))}  # followed until it is not pending"
    yield f"{api(heroku_calls.formation(app))}  # without a web process: PATCH to 1"
    yield f"GET the app's /healthz until it names release {release}"
