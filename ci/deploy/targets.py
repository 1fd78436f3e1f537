"""Targets: the kinds of place where a release can run. A target is a module; `docs/deploying.md` shows a small one.

The targets of this package are listed in ``BUILT_IN``; other packages offer theirs in the entry-point group
``ci.targets`` (name of the target = module). Which place an environment is stands in the definition, as
``[environment.production]`` with ``target = "heroku"``; all other keys of the table are the target's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from ci import plugins

if TYPE_CHECKING:
    from msgspec import Struct

Say = Callable[[str], None]

BUILT_IN = {
    "heroku": "ci.deploy.heroku.target",
    "server": "ci.deploy.server.target",
}
ENTRY_POINTS = "ci.targets"


@dataclass(frozen=True)
class Context:
    """What a target may know of the call.

    ``environment`` is the name of the environment, ``root`` the checkout, ``environ`` this process's environment and
    ``say`` takes a sentence for each step. With ``dry_run`` the steps are said and nothing is done.
    """

    environment: str
    root: Path
    environ: Mapping[str, str]
    say: Say
    dry_run: bool = False


@dataclass(frozen=True)
class Deployed:
    """A release that answers at ``address``; ``previous`` is the name of the one that it took over from."""

    release: str
    address: str
    previous: str | None = None


@dataclass(frozen=True)
class Release:
    """A release that a target knows of.

    ``name`` is what `ci rollback` takes, ``when`` the time in UTC since it is there, ``who`` brought it, ``status`` is
    a word as ``deployed`` or ``failed``, and ``description`` what else the target says of it.
    """

    name: str
    when: datetime | None
    who: str | None
    status: str
    is_current: bool
    description: str = ""


class Target(Protocol):
    """What a module has to offer to be a target.

    Every function raises CiError; then what served before serves on. Where its input can be mended (a key that is
    not set, a release that is not there) it is a UsageError, which says how.
    """

    #: The target's name for people.
    TITLE: str
    #: The keys of ``[environment.<name>]`` beside ``target``.
    Options: "type[Struct]"

    def deploy(self, archive: Path, options: Any, *, context: Context) -> Deployed | None:
        """Make the environment serve the release in ``archive``; return when it answers. None after a dry run."""
        ...

    def releases(self, options: Any, *, context: Context) -> tuple[Release, ...]:
        """What has been deployed, newest first."""
        ...

    def rollback(self, release: str | None, options: Any, *, context: Context) -> Deployed | None:
        """Make an earlier release serve again, None: the one before the current. None after a dry run."""
        ...

    def stop(self, options: Any, *, context: Context) -> None:
        """End what serves. Nothing that runs is no error, and is said."""
        ...


def find(name: str) -> Target:
    """The target called ``name``. Raises UsageError for an unknown one, with the names there are."""
    return cast(Target, plugins.find(name, BUILT_IN, group=ENTRY_POINTS, kind="target"))
