"""What Heroku's command line (11.10.0) sends for a container release and a rollback: each request's only right form."""

import base64
import re
from dataclasses import dataclass
from typing import Any

from tests.fakes.container_engine_program import DOCKER

APP = "shop"
KEY = "HRKU-0123abcd-4567-89ef-0123-456789abcdef"

VERSION_3 = "application/vnd.heroku+json; version=3"
DOCKER_RELEASES = f"{VERSION_3}.docker-releases"
SDK = f"{VERSION_3}.sdk"
LATEST, LIST = "version ..; max=1, order=desc", "version ..; max=20, order=desc"

#: Accept is not compared.
ANY = "any"


@dataclass(frozen=True)
class Request:
    """One request: ``call`` is method and path. The compared headers are those that matter to Heroku."""

    call: str
    accept: str | None
    authorization: str | None
    range: str | None
    body: Any

    def faults(self) -> list[str]:
        """What is wrong with it."""
        wanted = _right(self)
        facts = [
            ("Accept", self.accept if wanted.accept != ANY else ANY, wanted.accept),
            ("Authorization", self.authorization, wanted.authorization),
            ("Range", self.range, wanted.range),
            ("body", self.body, wanted.body),
        ]
        return [f"{what} of {self.call}: {found}, expected {right}" for what, found, right in facts if found != right]


def basic(user: str) -> str:
    """The Authorization of ``user`` with the key as password."""
    return "Basic " + base64.b64encode(f"{user}:{KEY}".encode()).decode()


def scale(quantity: int) -> dict[str, Any]:
    """The body that gives the app web processes."""
    return {"updates": [{"type": "web", "quantity": quantity}]}


def hand_over(digest: str | None) -> dict[str, Any]:
    """The body that makes an image a release."""
    return {"updates": [{"docker_image": digest, "type": "web"}]}


def _right(sent: Request) -> Request:
    """What ``sent`` has to be."""
    method, path = sent.call.split()
    if path.startswith("/v2/"):
        by_engine = sent.call != f"GET /v2/{APP}/web/manifests/latest"
        body = sent.body if method == "PUT" else None
        return Request(sent.call, ANY if by_engine else DOCKER, basic("_" if by_engine else ""), None, body)
    if not path.startswith("/apps/"):
        return Request(sent.call, ANY, None, None, None)
    accept, range_, body = VERSION_3, None, None
    if sent.call == f"GET /apps/{APP}/releases":
        accept, range_ = (VERSION_3, LATEST) if sent.range == LATEST else (SDK, LIST)
    elif re.fullmatch(rf"GET /apps/{APP}/releases/[0-9]{{1,9}}", sent.call):
        accept = SDK
    elif sent.call == f"POST /apps/{APP}/releases":
        accept, body = SDK, {"release": str((sent.body or {}).get("release"))}
    elif method == "PATCH" and "docker_image" in str(sent.body):
        accept, body = DOCKER_RELEASES, hand_over(sent.body["updates"][0].get("docker_image"))
    elif method == "PATCH":
        body = scale(0) if sent.body == scale(0) else scale(1)
    return Request(sent.call, accept, f"Bearer {KEY}", range_, body)
