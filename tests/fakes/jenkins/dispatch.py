"""From a request to its answer: state of the server, credentials, crumb, path, permission, function."""

from dataclasses import replace

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
from tests.fakes.jenkins.builds import PERMALINKS, find_build
from tests.fakes.jenkins.checks import Checks
from tests.fakes.jenkins.items import Folder, Job
from tests.fakes.jenkins.messages import Request, Response, redirect
from tests.fakes.jenkins.routing import BUILD, ITEM, SEPARATOR, SERVER, Answer, Call
from tests.fakes.jenkins.tree import MalformedTree
from tests.fakes.jenkins.users import User
from tests.fakes.jenkins.world import World

WITHOUT_LOGIN = ("login", "favicon.ico")


def answer(world: World, request: Request, checks: Checks) -> Response:
    """What Jenkins says to a request; what is wrong with the request is noted in ``checks``."""
    if world.phase != "up":
        return pages.waiting(restarting=world.phase == "restarting")
    if world.behind_proxy and "%2f" in request.path.lower():
        return pages.proxy(404)
    try:
        call, rest = _find(Call(world, request, checks, _user(world, request), world.root), request.segments)
        response = _carry_out(call, rest)
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


def _find(call: Call, rest: tuple[str, ...]) -> tuple[Call, tuple[str, ...]]:
    """What the path leads to, and the segments behind it."""
    while len(rest) > 1 and rest[0] == "job":
        child = call.item.find(rest[1]) if isinstance(call.item, Folder) else None
        call = replace(call, item=call.readable(child))
        rest = rest[2:]
    if isinstance(call.item, Job) and rest and (rest[0].isdigit() or rest[0] in PERMALINKS):
        build = find_build(call.item.builds, rest[0])
        if build is None:
            raise call.not_found()
        return replace(call, build_found=build), rest[1:]
    return call, rest


def _carry_out(call: Call, rest: tuple[str, ...]) -> Response:
    method, path = call.request.method, call.request.path
    routes = SERVER if call.item is call.world.root else BUILD if call.build_found else ITEM
    known = routes.find(SEPARATOR.join(rest))
    found = [one for one in known if one[0].plugin in (None, *call.world.plugins)]
    for route, arguments in found:
        if method in route.methods:
            if not rest and method == "GET" and not path.endswith("/"):
                return redirect(path + "/")
            places = {name: value.replace(SEPARATOR, "/") for name, value in arguments.items()}
            return route.handler(replace(call, arguments=places))
    if found:
        call.checks.note(f"{method} {path}: not this method")
        return pages.error(405, "Method Not Allowed", path, Allow=", ".join(found[0][0].methods))
    if not known:
        call.checks.note(f"{method} {path}: no such path is known here")
    raise call.not_found()
