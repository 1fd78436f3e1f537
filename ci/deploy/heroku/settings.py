"""What a deployment to Heroku has to know, read from the environment and checked before anything happens."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from ci.errors import UsageError
from ci.visible import ESCAPES, one_line

#: The environment variable with the key.
KEY = "HEROKU_API_KEY"

API = "https://api.heroku.com"
REGISTRY = "https://registry.heroku.com"

#: Names of Heroku apps, from the published schema of the API.
APP_NAME = re.compile(r"[a-z][a-z0-9-]{1,28}[a-z0-9]")


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds, and how often to ask again."""

    connect: float = 10.0
    answer: float = 30.0
    retries: int = 4
    backoff: float = 0.5
    """The waits between retries are 0, 2, 4, 8, ... times this."""
    retry_after: float = 60.0
    """At most, if Heroku says how long to wait."""
    pause: float = 1.0
    """Between two questions whether something has come."""
    output_tries: int = 30
    login: float = 60.0
    build: float = 1800.0
    push: float = 900.0
    release: float = 1800.0
    """For the release process, migrations for example."""
    healthy: float = 240.0
    """For the answers of a release, see `target.Options`."""


@dataclass(frozen=True)
class Settings:
    """Where to deploy, and with which key. The key is not part of its text form."""

    app: str
    key: str = field(repr=False)
    api: str = API
    registry: str = REGISTRY

    @property
    def registry_host(self) -> str:
        """The registry as it stands in image names: host, and port if there is one."""
        return urlsplit(self.registry).netloc

    @property
    def image(self) -> str:
        """The name of the image of the app's web processes."""
        return f"{self.registry_host}/{self.app}/web"

    def presentable(self, text: str) -> str:
        """``text`` from elsewhere as one line for a terminal: without the key, colours and control characters."""
        return one_line(" ".join(ESCAPES.sub("", text.replace(self.key, "***")).expandtabs().splitlines()))


def read(app: str, environ: Mapping[str, str]) -> Settings:
    """The settings for ``app``: HEROKU_API_KEY, and for tests HEROKU_API_URL and HEROKU_REGISTRY_URL.

    Raises UsageError, one line that says what is missing or wrong and where to set it.
    """
    if not app:
        raise UsageError(
            "HEROKU_APP is not set: give the app's name with `export HEROKU_APP=...`, on GitHub as a variable of the "
            "repository, on Jenkins as an environment variable, or as `app` of the environment in ci/pipeline.toml"
        )
    if not APP_NAME.fullmatch(app):
        raise UsageError(
            f"no Heroku app is called {app!r}: a name has 3 to 30 lower-case letters, digits and dashes, a letter first"
        )
    return Settings(
        app,
        _key(environ.get(KEY, "")),
        _base_address(environ, "HEROKU_API_URL", API),
        _base_address(environ, "HEROKU_REGISTRY_URL", REGISTRY),
    )


def _key(key: str) -> str:
    if not key:
        raise UsageError(
            "HEROKU_API_KEY is not set: make a key with `heroku authorizations:create`, and give it with `export "
            "HEROKU_API_KEY=...`, on GitHub as a secret of that name, on Jenkins as the credential of the deploy job"
        )
    if not re.fullmatch(r"[!-~]+", key):
        raise UsageError("HEROKU_API_KEY holds a space, a line end or a letter that no key has: set it again without")
    return key


def _base_address(environ: Mapping[str, str], name: str, default: str) -> str:
    address = (environ.get(name) or default).rstrip("/")
    if not is_safe(address) or not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", address):
        raise UsageError(f"{name} must be an address like {default}; http only to this machine")
    return address


def is_safe(address: str) -> bool:
    """Whether ``address`` is one of https, or of http on this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host)))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
