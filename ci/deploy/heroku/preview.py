"""What a dry run says: the calls, in order."""

from collections.abc import Iterator
from shlex import join
from typing import TYPE_CHECKING

from ci.deploy.heroku import calls
from ci.deploy.heroku.calls import Call
from ci.deploy.heroku.settings import KEY, Settings

if TYPE_CHECKING:
    from ci.deploy.heroku.image import Source


def deployment(source: "Source") -> Iterator[str]:
    """Those of a deployment."""
    settings, app = source.settings, source.settings.app
    yield _line(settings, calls.app(app))
    yield "GET the app's /healthz  # which release serves now"
    yield f"{join(source.login_command())}  # {KEY} on standard input"
    yield join(source.build_command())
    yield join(source.push_command())
    yield f"GET {settings.registry}{calls.manifest(app).path}"
    yield _line(settings, calls.latest_release(app))
    yield f"{_line(settings, calls.release_image(app, ''))}  # the image becomes a release"
    yield f"{_line(settings, calls.latest_release(app))}  # followed until it is not pending"
    yield f"{_line(settings, calls.formation(app))}  # without a web process: PATCH to 1"
    yield f"GET the app's /healthz until it names release {source.release}, and /"
    yield f"{_line(settings, calls.rollback(app, ''))}  # only if it does not: the release before"


def rollback(settings: Settings, wanted: str | None) -> Iterator[str]:
    """Those of a rollback."""
    app = settings.app
    yield _line(settings, calls.app(app))
    yield f"{_line(settings, calls.releases(app))}  # {wanted or 'the one before the current'}"
    yield "GET the app's /healthz  # which release serves now"
    yield f"{_line(settings, calls.rollback(app, ''))}  # it becomes a new release, followed until it is not pending"
    yield f"{_line(settings, calls.formation(app))}  # without a web process: PATCH to 1"
    yield f"{_line(settings, calls.dynos(app))}  # until all web processes run it"
    yield "GET the app's /healthz and / until they answer"


def stop(settings: Settings) -> Iterator[str]:
    """Those of a stop."""
    yield _line(settings, calls.formation(settings.app))
    yield f"{_line(settings, calls.scale_web(settings.app, 0))}  # web to 0, if it is not"


def _line(settings: Settings, call: Call) -> str:
    return f"{call.method} {settings.api}{call.path}"
