"""A running build on a terminal: a bar against the estimate, and each stage when it is over."""

import sys
import time
from typing import TYPE_CHECKING

from ci.commands.jenkins import screen, wording

if TYPE_CHECKING:
    from ci.jenkins import Build, JenkinsClient, Stage

#: Seconds between two questions for the stages.
_ASK_EVERY = 2.0
_BAR = 20
#: Columns from which on there is room for a bar.
_WIDE_ENOUGH = 60
_OVER = ("success", "unstable", "failed", "aborted")


class BuildProgress:
    """Asks the server for nothing unless standard error is a terminal. Leave it with ``with``."""

    def __init__(self, client: "JenkinsClient") -> None:
        self._client = client
        self._line = screen.Progress()
        self._asked = -_ASK_EVERY
        self._stages: "tuple[Stage, ...]" = ()
        self._kept: set[str] = set()

    def tick(self, build: "Build") -> None:
        """Draw ``build`` as it is now."""
        if self._line.shown:
            self._ask(build)
            self._line.update(picture(build, self._stages))

    def end(self, build: "Build") -> None:
        """Show the stages that were not shown yet."""
        if self._line.shown:
            self._asked = -_ASK_EVERY
            self._ask(build)

    def _ask(self, build: "Build") -> None:
        if time.monotonic() - self._asked < _ASK_EVERY:
            return
        from ci.jenkins import JenkinsError

        try:
            self._stages = self._client.stages(build)
        except JenkinsError:
            return  # only a picture; what is wrong with the server shows in the waiting
        finally:
            self._asked = time.monotonic()
        for stage in self._stages:
            if stage.status in _OVER and stage.id not in self._kept:
                self._kept.add(stage.id)
                symbol, colour = wording.mark(stage.status)
                text = f"{symbol} {screen.plain(stage.name)}  {wording.duration(stage.duration)}"
                self._line.keep([screen.Line(text, colour)])

    def __enter__(self) -> "BuildProgress":
        return self

    def __exit__(self, *_error: object) -> None:
        self._line.clear()


def picture(build: "Build", stages: "tuple[Stage, ...]") -> str:
    """The line: how far, how long, which stage."""
    now = ", ".join(
        f"{stage.name} waits for approval" if stage.status == "paused" else stage.name
        for stage in stages if stage.status in ("running", "paused")
    )
    took = wording.duration(build.duration) if build.duration >= 10 else f"{build.duration:.0f} s"
    if not build.estimate:
        return "  ".join(filter(None, (build.name, took, now)))
    share = min(build.duration / build.estimate, 0.99)
    full = int(share * _BAR)
    bar = "█" * full + "░" * (_BAR - full) if screen.width(sys.stderr) >= _WIDE_ENOUGH else ""
    part = f"{share:3.0%}  {took} of about {wording.duration(build.estimate)}"
    return "  ".join(filter(None, (build.name, f"{bar} {part}".lstrip(), now)))
