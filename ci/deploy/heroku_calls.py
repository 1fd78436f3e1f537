"""The calls of Heroku's API that a container release needs, as values: sent by `heroku_api`, shown by a dry run.

From the source of Heroku's own command line (heroku/cli 11.9.0, packages/cli/src/lib/container) and the published
schema of the API; the header of `release_image` is in neither the schema nor the API's reference.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION_3 = "application/vnd.heroku+json; version=3"
DOCKER_RELEASES = "application/vnd.heroku+json; version=3.docker-releases"

#: The only kind of image manifest that Heroku's registry takes.
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True)
class Call:
    """One request. ``path`` begins with a slash."""

    method: str
    path: str
    accept: str = VERSION_3
    range: str | None = None
    body: Mapping[str, Any] | None = None

    def headers(self) -> dict[str, str]:
        """Its headers but Authorization."""
        return {"Accept": self.accept} | ({"Range": self.range} if self.range else {})


def app(name: str) -> Call:
    """What kind of app it is, and where it answers."""
    return Call("GET", f"/apps/{name}")


def manifest(name: str) -> Call:
    """To the registry: what was pushed."""
    return Call("GET", f"/v2/{name}/web/manifests/latest", DOCKER_MANIFEST)


def latest_release(name: str) -> Call:
    """A list with the app's latest release, empty for a new app."""
    return Call("GET", f"/apps/{name}/releases", range="version ..; max=1, order=desc")


def release(name: str, identity: str) -> Call:
    """One release."""
    return Call("GET", f"/apps/{name}/releases/{identity}")


def release_image(name: str, digest: str) -> Call:
    """Make the image with the ID ``digest`` the app's web processes: this makes a release."""
    body = {"updates": [{"docker_image": digest, "type": "web"}]}
    return Call("PATCH", f"/apps/{name}/formation", DOCKER_RELEASES, body=body)


def formation(name: str) -> Call:
    """How many processes of each type the app has."""
    return Call("GET", f"/apps/{name}/formation")


def start_web(name: str) -> Call:
    """Give the app one web process."""
    return Call("PATCH", f"/apps/{name}/formation", body={"updates": [{"type": "web", "quantity": 1}]})
