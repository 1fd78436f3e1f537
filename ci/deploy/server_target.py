"""The target `server`: a directory of this machine, where one release serves."""

from pathlib import Path

from ci import model
from ci.deploy import server
from ci.deploy.targets import Context, Deployed, Release
from ci.errors import UsageError

TITLE = "Server"


class Options(model.Table, frozen=True, kw_only=True):
    """The keys of an environment that is a server."""

    directory: str


def deploy(archive: Path, options: Options, *, context: Context) -> Deployed | None:
    """Make the server serve the release in ``archive``. Raises CiError."""
    directory = context.root / options.directory
    if context.dry_run:
        context.say(f"would start {archive.name} in {directory}")
        return None
    return server.deploy(archive, directory, environ=context.environ, say=context.say)


def releases(options: Options, *, context: Context) -> tuple[Release, ...]:
    """What has been deployed."""
    raise UsageError("not there yet")


def rollback(release: str | None, options: Options, *, context: Context) -> Deployed | None:
    """Make an earlier release serve again."""
    raise UsageError("not there yet")


def stop(options: Options, *, context: Context) -> None:
    """End the server."""
    server.stop(context.root / options.directory, say=context.say)
