"""The way of a release on Heroku: forwards to a new one, backwards to an earlier one, and out of a failed one.

Two deployments to one app must not overlap: the pipeline runs one at a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ci.deploy.heroku import health, image, release, rollback
from ci.deploy.heroku.answers import Release
from ci.deploy.heroku.image import Source
from ci.deploy.heroku.rollout import Rollout
from ci.deploy.heroku.transport import HerokuError
from ci.deploy.targets import Deployed
from ci.errors import CiError


def deploy(rollout: Rollout, source: Source) -> Deployed:
    """Build, push and release the image, and see that it serves; otherwise go back. Raises CiError."""
    api, name = rollout.api, source.release
    address = release.check_app(api)
    served = health.name_at(rollout.visitor, address)
    image.push(source, say=rollout.say, patience=rollout.patience)
    made, previous = release.hand_over(rollout, api.pushed_image())
    is_new = previous is None or previous.id != made.id
    with _undone(rollout, made, address, served, is_new=is_new):
        rollout.say(f"waiting for {address}/healthz to name release {name}")
        health.see_it_serve(rollout, address, name)
    rollout.say(f"release {name} is v{made.version} of {api.app_name}")
    return Deployed(name, address, f"v{previous.version}" if previous and is_new else None)


def go_back(rollout: Rollout, wanted: str | None) -> Deployed:
    """Make the release ``wanted`` (None: the one before the current) serve again. Raises CiError."""
    address = release.web_address(rollout.api)
    current, chosen = rollback.choose(rollout.api, wanted)
    served = health.name_at(rollout.visitor, address)
    made = release.release_again(rollout, chosen)
    with _undone(rollout, made, address, served, is_new=True):
        rollout.say(f"waiting for v{made.version} to answer at {address}")
        name = health.see_it_serve(rollout, address, version=made.version)
    return Deployed(name, address, f"v{current.version}" if current else None)


@contextmanager
def _undone(rollout: Rollout, made: Release, address: str, served: str | None, *, is_new: bool) -> Iterator[None]:
    """Go back if the block does not see ``made`` serve. ``served`` is the name that answered before, if any did."""
    try:
        yield
    except BaseException as error:
        problem = str(error) if isinstance(error, CiError) else "interrupted"
        state = _undo(rollout, made, address, served) if is_new else f"v{made.version} is still the release"
        logs = f"(`heroku logs --app {rollout.api.app_name}` says why)"
        if isinstance(error, CiError):
            raise HerokuError(f"{problem} {logs}\n{state}") from None
        rollout.say(f"{problem}; {state}")
        raise


def _undo(rollout: Rollout, made: Release, address: str, served: str | None) -> str:
    """Release again what served before; return what became of it."""
    app = rollout.api.app_name
    unknown = f"nobody knows what serves: look with `heroku releases --app {app}`, go back with `ci rollback`"
    try:
        earlier = rollback.last_before(rollout.api, made.version)
        if earlier is None:
            return f"there is no earlier release to go back to: v{made.version} is what {app} runs"
        rollout.say(f"v{made.version} is taken back: releasing v{earlier.version} again")
        again = release.release_again(rollout, earlier)
        name = health.see_it_serve(rollout, address, served, version=again.version)
    except CiError as error:
        return f"the way back failed too: {error}\n{unknown}"
    except (KeyboardInterrupt, SystemExit):
        rollout.say(unknown)
        raise
    return f"release {name} serves again at {address}: v{again.version}, which is v{earlier.version} again"
