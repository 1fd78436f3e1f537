"""Who may come in: users with tokens and passwords, sessions and crumbs."""

import base64
import binascii
import secrets
from dataclasses import dataclass, field

from tests.fakes.jenkins.messages import Request

TOKEN = "11" + "0123456789abcdef" * 2
PASSWORD = "correct horse battery staple"


@dataclass
class User:
    """A user and what she has not."""

    name: str
    token: str
    password: str
    denied: set[str] = field(default_factory=set)
    """Permissions, as in "Job/Build" or "Overall/Administer"."""


@dataclass
class Session:
    """What a cookie stands for."""

    user: str
    crumb: str


class Users:
    """The users by name, and their sessions by cookie."""

    def __init__(self) -> None:
        self.by_name = {"alice": User("alice", TOKEN, PASSWORD)}
        self.sessions: dict[str, Session] = {}

    @property
    def secrets(self) -> list[str]:
        """What must never be anywhere but in the Authorization."""
        return [word for user in self.by_name.values() for word in (user.token, user.password)]

    def identify(self, request: Request) -> "tuple[User, bool] | None":
        """The user that Basic credentials name, and whether by token; None when they are wrong."""
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        user = self.by_name.get(name)
        if scheme.lower() != "basic" or user is None or secret not in (user.token, user.password):
            return None
        return user, secret == user.token

    def open_session(self, user: User, request: Request) -> tuple[str, Session]:
        """The session of the request's cookie, or a new one: cookie and session."""
        cookie = self._cookie(request)
        if cookie not in self.sessions or self.sessions[cookie].user != user.name:
            cookie = secrets.token_hex(12)
            self.sessions[cookie] = Session(user.name, secrets.token_hex(32))
        return cookie, self.sessions[cookie]

    def crumb_is_valid(self, user: User, request: Request) -> bool:
        """Whether the crumb belongs to the session of the cookie."""
        session = self.sessions.get(self._cookie(request))
        crumb = request.headers.get("jenkins-crumb")
        return session is not None and session.user == user.name and session.crumb == crumb

    def forget_sessions(self) -> None:
        """As after 30 idle minutes, or a restart: every crumb is stale."""
        self.sessions.clear()

    def _cookie(self, request: Request) -> str:
        for pair in request.headers.get("cookie", "").split(";"):
            name, _, value = pair.strip().partition("=")
            if name.startswith("JSESSIONID"):
                return value
        return ""
