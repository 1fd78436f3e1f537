"""From a request to its answer: state of the server, credentials, crumb, path, permission, function."""

from tests.fakes.jenkins import (  # noqa: F401 - the modules of answers enter their routes
    artifacts,
    configuration,
    inputs,
    lint,
    log,
    objects,
    pages,
    queue_calls,
    reports,
    reruns,
    server_calls,
    stages,
    trigger,
)
from tests.fakes.jenkins.builds import find_build
from tests.fakes.jenkins.checks import Checks
from tests.fakes.jenkins.items import Folder, Item, Job
from tests.fakes.jenkins.messages import Request, Response, redirect
from tests.fakes.jenkins.routing import BUILD, ITEM, SEPARATOR, SERVER, Answer, Call, Routes
from tests.fakes.jenkins.tree import MalformedTree
from tests.fakes.jenkins.users import User
from tests.fakes.jenkins.world import World

WITHOUT_LOGIN = ("login", "favicon.ico")


def answer(world: World, request: Request, checks: Checks) -> Response:
    """What Jenkins says to a request; what is wrong with the request is noted in ``checks``."""
    checks.request(world, request)
    if world.phase != "up":
        return pages.waiting(restarting=world.phase == "restarting")
    if world.behind_proxy and "%2f" in request.path.lower():
        return pages.proxy(404)
    try:
        response = _route(world, request, _user(world, request), checks)
    except Answer as early:
        response = early.response
    except (MalformedTree, ValueError):
        response = pages.oops()
    if response.marked:
        response.headers |= {"X-Jenkins": world.version, "X-Jenkins-Session": world.session}
    return response


def _user(world: World, request: Request) -> User | None:
    if "authorization" not in request.headers:
        if world.anonymous_read or (request.segments and request.segments[0] in WITHOUT_LOGIN):
            return None
        raise Answer(pages.login(request.path))
    found = world.users.identify(request)
    if found is None:
        raise Answer(pages.unauthorized(request.path))
    user, by_token = found
    if request.method == "POST" and world.crumb_issuer and not by_token:
        if not world.users.crumb_is_valid(user, request):
            raise Answer(pages.error(403, "No valid crumb was included in the request", request.path))
    return user


def _route(world: World, request: Request, user: User | None, checks: Checks) -> Response:
    item, rest = _item(world, user, request)
    if item is world.root:
        return _call(SERVER, Call(world, request, user, item), rest, checks)
    if isinstance(item, Job) and rest:
        build = find_build(item.builds, rest[0])
        if build is not None:
            return _call(BUILD, Call(world, request, user, item, build), rest[1:], checks)
        if rest[0].isdigit() or rest[0].startswith("last"):
            return pages.error(404, "Not Found", request.path)
    return _call(ITEM, Call(world, request, user, item), rest, checks)


def _item(world: World, user: User | None, request: Request) -> tuple[Item, tuple[str, ...]]:
    """What the path leads to, and the segments behind it."""
    item: Item = world.root
    rest = request.segments
    while len(rest) > 1 and rest[0] == "job" and isinstance(item, Folder):
        child = item.find(rest[1])
        lacking = (child.denied if child else set()) | (user.denied if user else set())
        if child is None or {"Job/Read", "Job/Discover"} <= lacking:
            raise Answer(pages.error(404, "Not Found", request.path))
        if "Job/Read" in lacking:
            raise Answer(pages.missing_permission(user.name if user else "anonymous", "Job/Read"))
        item, rest = child, rest[2:]
    return item, rest


def _call(routes: Routes, call: Call, rest: tuple[str, ...], checks: Checks) -> Response:
    method, path = call.request.method, call.request.path
    found = [one for one in routes.find(SEPARATOR.join(rest)) if one[0].plugin in (None, *call.world.plugins)]
    for route, arguments in found:
        if method in route.methods:
            if not rest and method == "GET" and not path.endswith("/"):
                return redirect(path + "/")
            places = {name: value.replace(SEPARATOR, "/") for name, value in arguments.items()}
            return route.handler(Call(call.world, call.request, call.user, call.item, call.build_found, places))
    if found:
        checks.note(f"{method} {path}: not this method")
        return pages.error(405, "Method Not Allowed", path, Allow=", ".join(found[0][0].methods))
    if not routes.find(SEPARATOR.join(rest)):
        checks.note(f"{method} {path}: no such path is known here")
    return pages.error(404, "Not Found", path)
