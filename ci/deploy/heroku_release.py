"""From a pushed image to a release that serves: hand it over, follow the release, see that it answers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ci.deploy.container_engine import Say
from ci.deploy.heroku_answers import Release, app_address
from ci.deploy.heroku_api import HerokuApi, HerokuError
from ci.deploy.heroku_settings import Patience, is_safe
from ci.deploy.smoke import Unhealthy
from ci.errors import CiError

#: How many answers in a row have to name the new release: while processes are exchanged, old ones answer too.
ANSWERS = 3


def check_app(api: HerokuApi) -> str:
    """See that the app takes container images; return its address. Raises HerokuError."""
    app = api.app()
    if "container" not in (app.stack.name, app.build_stack.name if app.build_stack else None):
        raise HerokuError(
            f"the app {api.app_name} is on the stack {app.stack.name} and takes no images: "
            f"run `heroku stack:set container --app {api.app_name}` once"
        )
    address = app_address(app.web_url)
    if address is None:
        raise HerokuError(f"the app {api.app_name} has no web address, so nobody could see whether a release works")
    return address


def hand_over(api: HerokuApi, digest: str, *, say: Say, patience: Patience) -> tuple[Release, Release | None]:
    """Make the image ``digest`` the app's release, and wait until Heroku has made it.

    Returns the release and the one before it, if there is one and the app did not run this image already.
    Raises HerokuError; what served before then serves on.
    """
    previous = api.latest_release()
    api.release_image(digest)
    with _advising(f"the image was handed over: `heroku releases --app {api.app_name}` shows what became of it"):
        release = api.latest_release()
        if release is None:
            raise HerokuError("Heroku took the image and lists no release")
        is_new = previous is None or release.id != previous.id
        say(f"release v{release.version}" if is_new else f"v{release.version} is this image already: nothing to do")
        finished = _finished(api, release, say=say, patience=patience)
    if finished.status != "succeeded":
        reason = {"failed": "its release process failed", "expired": "its image was deleted"}
        raise HerokuError(
            f"release v{finished.version} is {finished.status} ({reason.get(finished.status, 'an unknown status')}); "
            f"what served before still serves. Look with: heroku releases:output v{finished.version} "
            f"--app {api.app_name}"
        )
    return finished, previous if is_new else None


def _finished(api: HerokuApi, release: Release, *, say: Say, patience: Patience) -> Release:
    """The release, when it is not pending any more."""
    deadline = time.monotonic() + patience.release
    if release.status == "pending" and release.output_stream_url:
        _pass_on_output(api, release.output_stream_url, say=say, patience=patience)
    while release.status == "pending":
        release = api.release(release.id)
        if release.status == "pending":
            if time.monotonic() > deadline:
                raise HerokuError(f"release v{release.version} is still pending after {patience.release:g} s")
            time.sleep(patience.pause)
    return release


def _pass_on_output(api: HerokuApi, address: str, *, say: Say, patience: Patience) -> None:
    """Say what the release process writes. It is there a while after the release; without it nothing is lost."""
    if not is_safe(address):
        say("the output of the release process is at no https address, and is not shown")
        return
    for _ in range(patience.output_tries):
        lines = api.output(address, timeout=patience.release)
        if lines is not None:
            for line in lines:
                say("  " + line)
            return
        time.sleep(patience.pause)
    say("the output of the release process did not come")


def see_it_serve(
    api: HerokuApi, address: str, name: str, previous: Release | None, *, say: Say, patience: Patience
) -> None:
    """Wait until the release ``name`` answers at ``address``, with a web process at least.

    Raises HerokuError that says how to go back to ``previous``.
    """
    with _advising(_way_back(api.app_name, previous)):
        if api.web_processes() == 0:
            # A first container release may leave none, and requests then fail with Heroku's error H14.
            say("the app has no web process: starting one")
            api.start_web()
        _wait_for(api, address, name, patience)


def _wait_for(api: HerokuApi, address: str, name: str, patience: Patience) -> None:
    deadline = time.monotonic() + patience.healthy
    answers = 0
    while True:
        problem = _problem_at(api, address, name)
        answers = 0 if problem else answers + 1
        if answers == ANSWERS:
            return
        if time.monotonic() > deadline:
            raise HerokuError(f"release {name} did not answer within {patience.healthy:g} s: {problem or 'not always'}")
        time.sleep(patience.pause)


def _problem_at(api: HerokuApi, address: str, name: str) -> str | None:
    try:
        found = api.release_at(address)
    except Unhealthy as error:
        return str(error)
    return None if found == name else f"{address}/healthz names release {found}"


def _way_back(app: str, previous: Release | None) -> str:
    if previous is None or previous.status != "succeeded" or not previous.eligible_for_rollback:
        return f"there is no earlier release to go back to; `heroku logs --app {app}` says why"
    return (
        f"to go back: heroku releases:rollback v{previous.version} --app {app} (`heroku logs --app {app}` says why)"
    )


@contextmanager
def _advising(advice: str) -> Iterator[None]:
    """Add ``advice`` to an error in the block."""
    try:
        yield
    except CiError as error:
        raise HerokuError(f"{error}\n{advice}") from None
