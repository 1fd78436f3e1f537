"""Which function answers which request; the modules of answers enter themselves here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.jenkins import pages
from tests.fakes.jenkins.builds import Build
from tests.fakes.jenkins.checks import Checks
from tests.fakes.jenkins.items import Folder, Item, Job
from tests.fakes.jenkins.messages import Request, Response
from tests.fakes.jenkins.users import User
from tests.fakes.jenkins.world import World


class Answer(Exception):
    """Ends the work on a request with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


@dataclass(frozen=True)
class Call:
    """A request, and what its path leads to."""

    world: World
    request: Request
    checks: Checks
    user: User | None
    item: Item
    build_found: Build | None = None
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def job(self) -> Job:
        """The job; 404 for folders."""
        if not isinstance(self.item, Job):
            raise self.not_found()
        return self.item

    @property
    def folder(self) -> Folder:
        """The folder; 404 for jobs."""
        if not isinstance(self.item, Folder):
            raise self.not_found()
        return self.item

    @property
    def build(self) -> Build:
        """The build."""
        assert self.build_found is not None
        return self.build_found

    def not_found(self) -> Answer:
        """The 404 to raise."""
        return Answer(pages.error(404, "Not Found", self.request.path))

    def lacks(self, permission: str, item: Item) -> bool:
        """Whether the user may not do something with an item."""
        return permission in item.denied | (self.user.denied if self.user else set())

    def missing(self, permission: str) -> Answer:
        """The 403 to raise."""
        return Answer(pages.missing_permission(self.user.name if self.user else "anonymous", permission))

    def require(self, permission: str) -> None:
        """Go on only with a permission, as in Job/Build; who is not known has none but to read."""
        if self.user is None or self.lacks(permission, self.item):
            raise self.missing(permission)

    def readable(self, item: Item | None) -> Item:
        """The item, if it may be seen: who may not even discover it gets the same as for one that is not there."""
        if item is None or (self.lacks("Job/Read", item) and self.lacks("Job/Discover", item)):
            raise self.not_found()
        if self.lacks("Job/Read", item):
            raise self.missing("Job/Read")
        return item


SEPARATOR = "\x00"
"""Joins unquoted segments, which may hold slashes, to the text that patterns are compared with."""

Handler = Callable[[Call], Response]


@dataclass(frozen=True)
class Route:
    """A pattern of paths and what answers it."""

    pattern: re.Pattern[str]
    methods: tuple[str, ...]
    handler: Handler
    plugin: str | None


class Routes:
    """Patterns below one kind of thing; {x} stands for one segment, {x*} for all that follow."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def add(self, method: str, *patterns: str, plugin: str | None = None) -> Callable[[Handler], Handler]:
        """Enter a function; without its plugin the paths are not found."""
        methods = ("GET", "HEAD") if method == "GET" else (method,)

        def enter(handler: Handler) -> Handler:
            for pattern in patterns:
                text = re.sub(r"\\\{(\w+)(\\\*)?\\\}", _group, re.escape(pattern.replace("/", SEPARATOR)))
                self._routes.append(Route(re.compile(text, re.DOTALL), methods, handler, plugin))
            return handler

        return enter

    def find(self, path: str) -> list[tuple[Route, dict[str, str]]]:
        """The routes of a path, whatever the method, and what stands in its places."""
        found = ((route, route.pattern.fullmatch(path)) for route in self._routes)
        return [(route, match.groupdict()) for route, match in found if match]


def _group(found: re.Match[str]) -> str:
    return f"(?P<{found[1]}>.+)" if found[2] else f"(?P<{found[1]}>[^\x00]+)"


SERVER = Routes()
ITEM = Routes()
BUILD = Routes()
