"""The target `heroku`: an app's web processes run the release, built into a container image."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ci import model, values
from ci.deploy.heroku import preview, settings
from ci.deploy.heroku.settings import Patience, Settings
from ci.deploy.signals import leaving_on_signal
from ci.deploy.targets import Context, Deployed, Release

if TYPE_CHECKING:
    from ci.deploy.heroku.rollout import Rollout

TITLE = "Heroku"


class Options(model.Table, frozen=True, kw_only=True):
    """The keys of an environment on Heroku.

    ``app`` is the app's name, by default that in HEROKU_APP. A release has ``timeout`` to answer: with preboot, Heroku
    sends it requests three minutes after it has started.
    """

    app: str = ""
    timeout: model.Duration = "4m"


def deploy(
    archive: Path, options: Options, *, context: Context, patience: Patience | None = None
) -> Deployed | None:
    """Make the app serve the release in ``archive``; config vars and other processes stay as they are.

    Raises CiError: UsageError, BadArchive, CommandError (the container engine) or HerokuError. A release that does not
    serve is taken back. Interrupted by Ctrl-C, SIGTERM or SIGHUP, what was begun is undone.
    """
    from ci.deploy.heroku import image

    chosen = _settings(options, context)
    source = image.source(archive, chosen, context.environ)
    if context.dry_run:
        _show(preview.deployment(source), context)
        return None
    with _rollout(chosen, options, context, patience) as rollout:
        from ci.deploy.heroku import deployment

        return deployment.deploy(rollout, source)


def releases(options: Options, *, context: Context, patience: Patience | None = None) -> tuple[Release, ...]:
    """The app's latest releases as Heroku lists them, newest first. Raises CiError."""
    with _rollout(_settings(options, context), options, context, patience) as rollout:
        clean = rollout.api.settings.presentable
        return tuple(
            Release(
                f"v{one.version}",
                one.created_at,
                clean(one.user.email) if one.user else None,
                one.status,
                one.current,
                clean(one.description),
            )
            for one in rollout.api.releases()
        )


def rollback(
    release: str | None, options: Options, *, context: Context, patience: Patience | None = None
) -> Deployed | None:
    """Make ``release`` serve again: a version (v12), or the commit of one that was pushed with git.

    It becomes a new release, with its image and the config vars of its time. Raises CiError.
    """
    chosen = _settings(options, context)
    if context.dry_run:
        _show(preview.rollback(chosen, release), context)
        return None
    with _rollout(chosen, options, context, patience) as rollout:
        from ci.deploy.heroku import deployment

        return deployment.go_back(rollout, release)


def stop(options: Options, *, context: Context, patience: Patience | None = None) -> None:
    """Scale the app's web processes to none. Other processes run on. Raises CiError."""
    chosen = _settings(options, context)
    if context.dry_run:
        _show(preview.stop(chosen), context)
        return
    with _rollout(chosen, options, context, patience) as rollout:
        count = rollout.api.web_processes()
        if count:
            rollout.api.scale_web(0)
            context.say(
                f"stopped {chosen.app}: it had {count} web process{'es' if count > 1 else ''}. The next deployment "
                f"starts one, `heroku ps:scale web={count} --app {chosen.app}` all"
            )
        else:
            context.say(f"no web process of {chosen.app} runs")


def _settings(options: Options, context: Context) -> Settings:
    return settings.read(options.app or context.environ.get("HEROKU_APP", ""), context.environ)


def _show(lines: Iterator[str], context: Context) -> None:
    for line in lines:
        context.say(line)


@contextmanager
def _rollout(
    chosen: Settings, options: Options, context: Context, patience: Patience | None
) -> Iterator["Rollout"]:
    from ci.deploy.heroku.api import HerokuApi
    from ci.deploy.heroku.rollout import Rollout
    from ci.deploy.heroku.transport import Transport  # requests: 60 ms, and no dry run needs it
    from ci.deploy.heroku.visitor import Visitor

    waits = patience or Patience(healthy=values.seconds(options.timeout))
    with leaving_on_signal(), closing(Transport(chosen, waits)) as transport, closing(Visitor(waits)) as visitor:
        yield Rollout(HerokuApi(transport), visitor, lambda text: context.say(chosen.presentable(text)), waits)
