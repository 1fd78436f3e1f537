"""The target `heroku`: an app's web processes run the release, built into a container image."""

from pathlib import Path

from ci import model
from ci.deploy import heroku
from ci.deploy.targets import Context, Deployed, Release
from ci.errors import UsageError

TITLE = "Heroku"


class Options(model.Table, frozen=True, kw_only=True):
    """The keys of an environment on Heroku."""

    app: str = ""


def deploy(archive: Path, options: Options, *, context: Context) -> Deployed | None:
    """Make the app serve the release in ``archive``. Raises CiError."""
    app = options.app or context.environ.get("HEROKU_APP", "")
    environ = {name: value for name, value in context.environ.items() if name != "CI_NOTICE_FILE"}
    made = heroku.deploy(archive, app=app, environ=environ, say=context.say, dry_run=context.dry_run)
    return Deployed(made.release, made.address, made.previous) if made else None


def releases(options: Options, *, context: Context) -> tuple[Release, ...]:
    """Not there yet."""
    raise UsageError("`heroku releases` lists the releases of an app")


def rollback(release: str | None, options: Options, *, context: Context) -> Deployed | None:
    """Not there yet."""
    raise UsageError("`heroku rollback` goes back")


def stop(options: Options, *, context: Context) -> None:
    """An app of Heroku is not stopped by a pipeline."""
    raise UsageError("`heroku ps:scale web=0` stops an app")
