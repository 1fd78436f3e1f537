"""What must not be wrong with any request; tests fail by what is collected here."""

import json
from urllib.parse import unquote, unquote_to_bytes

from tests.fakes.jenkins.messages import Request
from tests.fakes.jenkins.world import World

OWN_QUERY = {"delay", "token", "cause"}


class Checks:
    """Collects violations, in words."""

    def __init__(self) -> None:
        self.violations: list[str] = []

    def note(self, violation: str) -> None:
        """Something was wrong."""
        self.violations.append(violation)

    def request(self, world: World, request: Request) -> None:
        """Look at one request before it is answered."""
        where = f"{request.method} {request.path}"
        anonymous = world.anonymous_read or request.path.startswith("/login")
        if "authorization" not in request.headers and not anonymous:
            self.note(f"{where}: no credentials")
        if world.behind_proxy and "%2f" in request.path.lower():
            self.note(f"{where}: a proxy would take %2F for a slash")
        self._secrets(world, request, where)
        if request.method == "POST":
            self._body(request, where)
        elif request.body:
            self.note(f"{where}: a body that nobody reads")
        if request.path.endswith("/buildWithParameters"):
            for name in request.query.keys() - OWN_QUERY:
                self.note(f"{where}: the parameter {name} is in the address")

    def _secrets(self, world: World, request: Request, where: str) -> None:
        for secret in world.users.secrets:
            if secret in unquote(request.target):
                self.note(f"{where}: a secret is in the address")
            if secret.encode() in unquote_to_bytes(request.body.replace(b"+", b" ")):
                self.note(f"{where}: a secret is in the body")

    def _body(self, request: Request, where: str) -> None:
        if request.body and not request.media_type:
            self.note(f"{where}: the body has no type")
        try:
            sent = request.form.get("json")
            if sent is not None:
                json.loads(sent[0])
        except (ValueError, UnicodeError) as problem:
            self.note(f"{where}: the form cannot be read: {problem}")
