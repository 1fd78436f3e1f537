"""The calls of Heroku's API, as values: sent by `api`, shown by `preview`.

From the source of Heroku's own command line (heroku/cli 11.9.0, packages/cli/src/lib/container) and the published
schema of the API; the header of `release_image` is in neither the schema nor the API's reference. No call reads or
changes config vars.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION_3 = "application/vnd.heroku+json; version=3"
DOCKER_RELEASES = "application/vnd.heroku+json; version=3.docker-releases"
SDK = "application/vnd.heroku+json; version=3.sdk"

#: The only kind of image manifest that Heroku's registry takes.
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"

#: As many releases as Heroku keeps the images of, however old they are.
MOST_RELEASES = 20


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
    """One release, by its id."""
    return Call("GET", f"/apps/{name}/releases/{identity}")


def releases(name: str) -> Call:
    """A list of the app's latest releases, newest first; with this and the next call a rollback begins."""
    return Call("GET", f"/apps/{name}/releases", SDK, range=f"version ..; max={MOST_RELEASES}, order=desc")


def release_of_version(name: str, version: int) -> Call:
    """One release, by its number."""
    return Call("GET", f"/apps/{name}/releases/{version}", SDK)


def rollback(name: str, identity: str) -> Call:
    """Make the release with the id ``identity`` a new one."""
    return Call("POST", f"/apps/{name}/releases", SDK, body={"release": identity})


def release_image(name: str, digest: str) -> Call:
    """Make the image with the ID ``digest`` the app's web processes: this makes a release."""
    body = {"updates": [{"docker_image": digest, "type": "web"}]}
    return Call("PATCH", f"/apps/{name}/formation", DOCKER_RELEASES, body=body)


def formation(name: str) -> Call:
    """How many processes of each type the app has."""
    return Call("GET", f"/apps/{name}/formation")


def scale_web(name: str, quantity: int) -> Call:
    """Give the app as many web processes."""
    return Call("PATCH", f"/apps/{name}/formation", body={"updates": [{"type": "web", "quantity": quantity}]})


def dynos(name: str) -> Call:
    """The processes that run, each with the release that it runs."""
    return Call("GET", f"/apps/{name}/dynos")
