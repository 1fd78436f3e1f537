"""What every step on Heroku needs, and what it says when it is cut short."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ci.deploy.heroku.api import HerokuApi
from ci.deploy.heroku.settings import Patience
from ci.deploy.heroku.transport import HerokuError
from ci.deploy.heroku.visitor import Visitor
from ci.deploy.targets import Say
from ci.errors import CiError


@dataclass(frozen=True)
class Rollout:
    """One change of an app: its API, a visitor of it, who hears of each step, and how long to wait for what."""

    api: HerokuApi
    visitor: Visitor
    say: Say
    patience: Patience

    @contextmanager
    def advising(self, advice: str) -> Iterator[None]:
        """Add ``advice`` to an error in the block, and say it if the block is interrupted."""
        try:
            yield
        except CiError as error:
            raise HerokuError(f"{error}\n{advice}") from None
        except (KeyboardInterrupt, SystemExit):
            self.say(advice)
            raise
