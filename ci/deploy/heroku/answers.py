"""The few fields of Heroku's answers that a deployment needs, checked as they are read."""

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from ci.deploy.heroku.settings import is_safe

Answer = TypeVar("Answer")


class Stack(Struct, frozen=True):
    """What an app is built on."""

    name: str


class App(Struct, frozen=True):
    """An app. ``web_url`` is where it answers."""

    stack: Stack
    build_stack: Stack | None = None
    web_url: str | None = None


class User(Struct, frozen=True):
    """Who made a release."""

    email: str


class Release(Struct, frozen=True):
    """A release. ``status`` is pending, succeeded, failed or expired."""

    id: Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}$(?!\n)")]
    version: int
    status: str
    output_stream_url: str | None = None
    eligible_for_rollback: bool = True
    current: bool = False
    description: str = ""
    created_at: datetime | None = None
    user: User | None = None


class Processes(Struct, frozen=True):
    """How many processes of a type the app has."""

    type: str
    quantity: int


class Version(Struct, frozen=True):
    """Which release a process runs."""

    version: int


class Dyno(Struct, frozen=True):
    """A process that runs. ``state`` is up, starting, crashed, down or idle."""

    name: str
    type: str
    state: str
    release: Version


class Config(Struct, frozen=True):
    """What an image manifest says about the image: its ID."""

    digest: Annotated[str, Meta(pattern=r"^sha256:[0-9a-f]{64}$(?!\n)")]


class Manifest(Struct, frozen=True, rename="camel"):
    """An image manifest."""

    config: Config
    media_type: str


class Problem(Struct, frozen=True):
    """The body of an answer that is an error."""

    message: str = ""


class Health(Struct, frozen=True):
    """What the app answers at /healthz."""

    release: str


def decoded(content: bytes, kind: type[Answer]) -> Answer | None:
    """The answer ``content``; None if it is not what the API documents."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def app_address(web_url: str | None) -> str | None:
    """The address of an app from its ``web_url``, with TLS and without a slash at the end; None if it has none."""
    address = (web_url or "").rstrip("/")
    secure = address if is_safe(address) else address.replace("http://", "https://", 1)
    return secure if is_safe(secure) else None
