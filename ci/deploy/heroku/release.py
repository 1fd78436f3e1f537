"""From a pushed image to a release of Heroku's."""

import time

from ci.deploy.heroku.answers import Release, app_address
from ci.deploy.heroku.api import HerokuApi
from ci.deploy.heroku.rollout import Rollout
from ci.deploy.heroku.settings import is_safe
from ci.deploy.heroku.transport import HerokuError

_REASONS = {"failed": "its release process failed", "expired": "its image was deleted"}


def check_app(api: HerokuApi) -> str:
    """See that the app takes container images; return its address. Raises HerokuError."""
    app = api.app()
    if "container" not in (app.stack.name, app.build_stack.name if app.build_stack else None):
        raise HerokuError(
            f"the app {api.app_name} is on the stack {app.stack.name} and takes no images: "
            f"run `heroku stack:set container --app {api.app_name}` once"
        )
    return _address(api, app.web_url)


def web_address(api: HerokuApi) -> str:
    """The address of an app on whatever stack. Raises HerokuError."""
    return _address(api, api.app().web_url)


def _address(api: HerokuApi, web_url: str | None) -> str:
    address = app_address(web_url)
    if address is None:
        raise HerokuError(f"the app {api.app_name} has no web address, so nobody could see whether a release works")
    return address


def hand_over(rollout: Rollout, digest: str) -> tuple[Release, Release | None]:
    """Make the image ``digest`` the app's release, and wait until Heroku has made it.

    Returns the release and the latest one before it: the same one if the app runs this image already.
    Raises HerokuError; what served before then serves on.
    """
    api = rollout.api
    previous = api.latest_release()
    with rollout.advising(_look(api)):
        api.release_image(digest)
        release = api.latest_release()
        if release is None:
            raise HerokuError("Heroku took the image and lists no release")
    if previous is not None and release.id == previous.id:
        rollout.say(f"v{release.version} is this image already: nothing to do")
    else:
        rollout.say(f"release v{release.version}")
    return follow(rollout, release), previous


def release_again(rollout: Rollout, earlier: Release) -> Release:
    """Make ``earlier`` a new release, and wait until Heroku has made it. Raises HerokuError."""
    with rollout.advising(_look(rollout.api)):
        made = rollout.api.roll_back(earlier.id)
    rollout.say(f"release v{made.version} is v{earlier.version} again")
    return follow(rollout, made)


def follow(rollout: Rollout, release: Release) -> Release:
    """The release when it has succeeded. Raises HerokuError if it did not; then what served before serves on."""
    with rollout.advising(_look(rollout.api)):
        finished = _finished(rollout, release)
    if finished.status != "succeeded":
        raise HerokuError(
            f"release v{finished.version} is {finished.status} "
            f"({_REASONS.get(finished.status, 'an unknown status')}); what served before still serves. "
            f"Look with: heroku releases:output v{finished.version} --app {rollout.api.app_name}"
        )
    return finished


def _look(api: HerokuApi) -> str:
    return f"`heroku releases --app {api.app_name}` shows what became of it"


def _finished(rollout: Rollout, release: Release) -> Release:
    """The release, when it is not pending any more."""
    deadline = time.monotonic() + rollout.patience.release
    if release.status == "pending" and release.output_stream_url:
        _pass_on_output(rollout, release.output_stream_url)
    while release.status == "pending":
        release = rollout.api.release(release.id)
        if release.status == "pending":
            if time.monotonic() > deadline:
                raise HerokuError(f"release v{release.version} is still pending after {rollout.patience.release:g} s")
            time.sleep(rollout.patience.pause)
    return release


def _pass_on_output(rollout: Rollout, address: str) -> None:
    """Say what the release process writes. It is there a while after the release; without it nothing is lost."""
    if not is_safe(address):
        rollout.say("the output of the release process is at no https address, and is not shown")
        return
    for _ in range(rollout.patience.output_tries):
        lines = rollout.visitor.output(address, timeout=rollout.patience.release)
        if lines is not None:
            for line in lines:
                rollout.say("  " + line)
            return
        time.sleep(rollout.patience.pause)
    rollout.say("the output of the release process did not come")
