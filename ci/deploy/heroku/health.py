"""Whether a release serves: its processes run, and it answers at the app's address."""

import time
from collections.abc import Callable

from ci.deploy.heroku.api import HerokuApi
from ci.deploy.heroku.rollout import Rollout
from ci.deploy.heroku.transport import HerokuError
from ci.deploy.heroku.visitor import Visitor
from ci.deploy.smoke import Unhealthy

#: How many answers in a row have to be right: while processes are exchanged, old ones answer too.
ANSWERS = 3


def name_at(visitor: Visitor, address: str) -> str | None:
    """The name of the release that answers at ``address`` now; None if none does."""
    try:
        return visitor.release_at(address)
    except Unhealthy:
        return None


def see_it_serve(rollout: Rollout, address: str, name: str | None = None, *, version: int | None = None) -> str:
    """Wait until a release answers at ``address``, `/healthz` and the page itself; return its name.

    It has to be called ``name``, if that is given, and be run by all web processes as ``version``, if that is: Heroku
    knows only versions, and the app only its name. Without a web process one is started. Raises HerokuError.
    """
    api = rollout.api
    if api.web_processes() == 0:
        # A first container release may leave none, and requests then fail with Heroku's error H14.
        rollout.say("the app has no web process: starting one")
        api.scale_web(1)

    def answer() -> str:
        if version is not None:
            _check_processes(api, version)
        found = rollout.visitor.release_at(address)
        if name not in (None, found):
            raise Unhealthy(f"{address}/healthz names release {found}")
        rollout.visitor.check_page(address)
        return found

    what = f"release {name}" if name else f"v{version}"
    return _wait_for(answer, what, rollout)


def _check_processes(api: HerokuApi, version: int) -> None:
    processes = api.web_dynos()
    if not processes:
        raise Unhealthy("no web process runs")
    for one in processes:
        if one.release.version != version:
            raise Unhealthy(f"{one.name} still runs v{one.release.version}")
        if one.state != "up":
            raise Unhealthy(f"{one.name} is {one.state}")


def _wait_for(answer: Callable[[], str], what: str, rollout: Rollout) -> str:
    """The name that ``answer`` gives ANSWERS times in a row."""
    limit = rollout.patience.healthy
    deadline = time.monotonic() + limit
    names: list[str] = []
    while len(names) < ANSWERS:
        problem = None
        try:
            found = answer()
            if names and found != names[-1]:
                problem, names = f"first it was release {names[-1]}, then {found}", []
            names.append(found)
        except Unhealthy as error:
            problem, names = str(error), []
        if problem and time.monotonic() > deadline:
            raise HerokuError(f"{what} did not answer within {limit:g} s: {problem}")
        if len(names) < ANSWERS:
            time.sleep(rollout.patience.pause)
    return names[0]
