"""Heroku's API and registry, for one app."""

from ci.deploy.heroku import calls
from ci.deploy.heroku.answers import Answer, App, Dyno, Manifest, Processes, Release, decoded
from ci.deploy.heroku.calls import Call
from ci.deploy.heroku.settings import Settings
from ci.deploy.heroku.transport import HerokuError, Transport


class HerokuApi:
    """The calls for one app. Every method raises HerokuError."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def settings(self) -> Settings:
        """Where the calls go."""
        return self._transport.settings

    @property
    def app_name(self) -> str:
        """The app's name."""
        return self.settings.app

    def app(self) -> App:
        """The app."""
        return self._ask(calls.app(self.app_name), App)

    def latest_release(self) -> Release | None:
        """The latest release; None for a new app."""
        found = self._ask(calls.latest_release(self.app_name), list[Release])
        return found[0] if found else None

    def releases(self) -> list[Release]:
        """The latest releases, newest first."""
        return self._ask(calls.releases(self.app_name), list[Release])

    def release(self, identity: str) -> Release:
        """One release."""
        return self._ask(calls.release(self.app_name, identity), Release)

    def release_of_version(self, version: int) -> Release | None:
        """One release; None if there is none of this version."""
        call = calls.release_of_version(self.app_name, version)
        content = self._transport.send(call, missing_ok=True)
        return None if content is None else _read(call, content, Release)

    def release_image(self, digest: str) -> None:
        """Make the pushed image with the ID ``digest`` the app's web processes."""
        self._transport.send(calls.release_image(self.app_name, digest))

    def roll_back(self, identity: str) -> Release:
        """Make the release with the id ``identity`` a new one."""
        return self._ask(calls.rollback(self.app_name, identity), Release)

    def web_processes(self) -> int:
        """How many web processes the app is to have."""
        found = self._ask(calls.formation(self.app_name), list[Processes])
        return sum(one.quantity for one in found if one.type == "web")

    def scale_web(self, quantity: int) -> None:
        """Give the app as many web processes."""
        self._transport.send(calls.scale_web(self.app_name, quantity))

    def web_dynos(self) -> list[Dyno]:
        """The web processes that it has."""
        return [one for one in self._ask(calls.dynos(self.app_name), list[Dyno]) if one.type == "web"]

    def pushed_image(self) -> str:
        """The ID of the image that the registry holds."""
        content = self._transport.ask_registry(calls.manifest(self.app_name))
        manifest = decoded(content, Manifest) if content else None
        if manifest and manifest.media_type == calls.DOCKER_MANIFEST:
            return manifest.config.digest
        raise HerokuError(
            f"{self.settings.image} is no image in Docker's format (manifest v2, schema 2), the only one that Heroku "
            "takes: turn off docker's containerd image store, or use podman or buildah in place of docker"
        )

    def _ask(self, call: Call, kind: type[Answer]) -> Answer:
        return _read(call, self._transport.send(call) or b"", kind)


def _read(call: Call, content: bytes, kind: type[Answer]) -> Answer:
    answer = decoded(content, kind)
    if answer is None:
        raise HerokuError(f"Heroku's answer to {call.method} {call.path} is not as documented")
    return answer
